# One image for every service: `command` (Compose) or `args` (Kubernetes) names the app, such as
# dist/apps/query-service/main.js. Without one it is the whole engine in one process.

# The manifests alone, so that a change of a source file does not install anew.
FROM node:20.20.2-bookworm AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json -delete

FROM node:20.20.2-bookworm AS build
WORKDIR /app
COPY --from=manifests /app ./
# better-sqlite3 alone has to be compiled or fetched; no other install script runs.
RUN npm ci --ignore-scripts --no-audit --no-fund && npm rebuild better-sqlite3
COPY . .
RUN node tools/build.mjs && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20.20.2-bookworm-slim
LABEL org.opencontainers.image.title="Ledgerdesk" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/apps/cli/bin ./apps/cli/bin
COPY --from=build /app/dist ./dist
COPY deploy/image/probe.mjs ./
RUN mkdir /data && chown 1000:1000 /data
VOLUME /data
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "probe.mjs", "health"]
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/apps/engine/main.js"]
