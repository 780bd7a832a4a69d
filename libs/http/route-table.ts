import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  /** Of the path: `:id` stands for any one part, `*` for all that follows. */
  readonly parts: readonly string[];
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
   * `missing.route` with what there is below the part of the path that is known.
   */
  errorFor(method: string, path: string): LedgerdeskError {
    const parts = partsOf(path);
    const allowed = this.methodsAt(parts);
    return allowed.length > 0
      ? wrongMethod(method, allowed, this.partsBelow(parts, 'POST'))
      : this.wrongPath(parts);
  }

  private add(url: string, method: string): void {
    const known = this.routes.get(url);
    if (known !== undefined) known.methods.add(method);
    else this.routes.set(url, { parts: partsOf(url), methods: new Set([method]) });
  }

  private methodsAt(parts: readonly string[]): readonly string[] {
    const methods = [...this.routes.values()]
      .filter((route) => route.parts.length === parts.length && begins(route, parts))
      .flatMap((route) => [...route.methods]);
    return [...new Set(methods)].sort();
  }

  private wrongPath(parts: readonly string[]): LedgerdeskError {
    let known = parts.length;
    while (known > 0 && this.partsBelow(parts.slice(0, known)).length === 0) known -= 1;
    if (known === 0) {
      return new LedgerdeskError(
        'missing.route',
        'nothing is served at this path; /openapi.json lists what is',
      );
    }
    const available = this.partsBelow(parts.slice(0, known));
    return new LedgerdeskError(
      'missing.route',
      `nothing is served at this path; below /${parts.slice(0, known).join('/')} there is ` +
        `${available.join(', ')}; /openapi.json says more`,
      { details: { available } },
    );
  }

  /** What may follow these parts of a path by a fixed name, for one method or for any. */
  private partsBelow(parts: readonly string[], method?: string): readonly string[] {
    const below = [...this.routes.values()]
      .filter((route) => method === undefined || route.methods.has(method))
      .filter((route) => route.parts.length > parts.length && begins(route, parts))
      .map((route) => route.parts[parts.length] ?? '')
      .filter((part) => !isVariable(part));
    return [...new Set(below)].sort();
  }
}

function wrongMethod(
  method: string,
  allowed: readonly string[],
  commands: readonly string[],
): LedgerdeskError {
  const more = commands.length === 0 ? '' : `; POST goes below it: ${commands.join(', ')}`;
  return new LedgerdeskError(
    'malformed.method',
    `${method} is not served here; use ${allowed.join(' or ')}${more}`,
    { details: { allowed, ...(commands.length > 0 && { commands }) } },
  );
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

// Up to the shorter of the two.
function begins({ parts: known }: KnownRoute, parts: readonly string[]): boolean {
  return parts.every((part, at) => {
    const expected = known[at];
    return expected === undefined || isVariable(expected) || expected === part;
  });
}

function isVariable(part: string): boolean {
  return part.startsWith(':') || part.includes('*');
}
