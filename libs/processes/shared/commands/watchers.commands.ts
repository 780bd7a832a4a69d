import { Line, Optional } from '../fields';

export class Watch {
  /** Who is to watch; default the actor. */
  @Optional()
  @Line()
  watcher?: string | null;
}

export class Unwatch {
  /** Who is to watch no longer; default the actor. */
  @Optional()
  @Line()
  watcher?: string | null;
}
