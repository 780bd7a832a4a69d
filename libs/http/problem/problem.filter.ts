import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { hasErrorCode } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpLog } from '../http-api.options';
import type { RouteTable } from '../route-table';
import { problemOf, type ProblemDocument } from './problem-document';
import { PROBLEM_MEDIA_TYPE } from './problem-status';

export interface ProblemFilterParts {
  readonly log: HttpLog;
  readonly routes: RouteTable;
  readonly newId: () => string;
}

/** Answers everything thrown below it, and what Fastify itself refuses, as a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly parts: ProblemFilterParts) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const context = host.switchToHttp();
    this.answer(error, context.getRequest<FastifyRequest>(), context.getResponse<FastifyReply>());
  }

  /** Sends the problem, unless the answer is under way already. */
  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const path = pathOf(request.url);
    const error =
      thrown instanceof NotFoundException
        ? this.parts.routes.errorFor(request.method, path)
        : thrown;
    const problem = problemOf(error, path, this.parts.newId);
    const { document } = problem;
    if (problem.isInternal) {
      this.parts.log.error(
        { err: error, instance: document.instance, code: document.code },
        'request failed',
      );
    }
    if (reply.sent || reply.raw.headersSent) return;
    if (problem.retryAfterSeconds !== undefined) {
      reply.header('retry-after', String(problem.retryAfterSeconds));
    }
    if (hasErrorCode(error, 'conflict.revision-pinned')) {
      const actual = error.details['actual'];
      if (/^\d+$/.test(String(actual))) reply.header('etag', `"${String(actual)}"`);
    }
    if (hasErrorCode(error, 'malformed.method')) {
      reply.header('allow', (error.details['allowed'] as readonly string[]).join(', '));
    }
    sendProblem(reply, document);
  }
}

/** The answer that a problem document is. */
export function sendProblem(reply: FastifyReply, document: ProblemDocument): void {
  void reply
    .code(document.status)
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(document));
}

/** Without its query, which may hold what nobody should find in a problem document. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
