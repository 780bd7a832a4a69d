import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/**
 * Hands what a handler throws to the transport as it is. Nest's own filter would make "Internal
 * server error" of it, and the transport could no longer tell what is worth a retry.
 */
@Catch()
export class MessageFailureFilter implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}
