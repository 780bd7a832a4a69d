import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Knows the registered routes, so that a wrong method is told from a wrong path. */
export class RouteTable {
  private readonly routes = new Map<string, KnownRoute>();

  /** Takes note of each route that is registered from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      for (const one of typeof method === 'string' ? [method] : method) this.add(url, one);
    });
  }

  /**
   * What to say where no route was found: `malformed.method` (405) with what is allowed, or
   * `missing.route`.
   */
  errorFor(method: string, path: string): LedgerdeskError {
    const allowed = this.methodsAt(path);
    return allowed.length > 0
      ? new LedgerdeskError(
          'malformed.method',
          `${method} is not served here; use ${allowed.join(' or ')}`,
          { details: { allowed } },
        )
      : new LedgerdeskError(
          'missing.route',
          'nothing is served at this path; /openapi.json lists what is',
        );
  }

  private add(url: string, method: string): void {
    const known = this.routes.get(url);
    if (known !== undefined) known.methods.add(method);
    else this.routes.set(url, { pattern: patternOf(url), methods: new Set([method]) });
  }

  private methodsAt(path: string): readonly string[] {
    const methods = [...this.routes.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap((route) => [...route.methods]);
    return [...new Set(methods)].sort();
  }
}

function patternOf(url: string): RegExp {
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replace(/[^\w-]/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}/?$`);
}
