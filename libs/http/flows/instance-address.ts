import type { FastifyRequest } from 'fastify';

/** An instance of a flow as a path names it. */
export interface InstanceAddress {
  readonly flow: string;
  readonly key: string;
}

/** The instance that the path of a request names. */
export function instanceAddressOf(request: FastifyRequest): InstanceAddress {
  const { flow = '', key = '' } = request.params as Partial<InstanceAddress>;
  return { flow, key };
}
