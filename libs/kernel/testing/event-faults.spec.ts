import { defineEvents } from '../event-definition';
import { eventFaults } from './event-faults';

const events = defineEvents({
  NoteAdded: {
    version: 1,
    summary: 'A note was written.',
    fields: {
      note: 'integer',
      text: 'text',
      visibility: ['internal', 'public'],
      at: 'time|null',
      tags: 'text[]?',
    },
  },
});
const sound = { note: 1, text: 't', visibility: 'public', at: null };

describe('the faults of an event', () => {
  it.each([[sound], [{ ...sound, at: '2026-03-02T08:00:00.000Z', tags: ['a'] }]])(
    'are none where it fits: %j',
    (data) => {
      expect(eventFaults({ type: 'NoteAdded', data }, events)).toEqual([]);
    },
  );

  it('name what is missing, wrong and unknown', () => {
    const data = { note: 1.5, visibility: 'secret', at: '8 o’clock', tags: [1], colour: 'red' };
    expect(eventFaults({ type: 'NoteAdded', data }, events)).toEqual([
      'NoteAdded.note is 1.5, not integer',
      'NoteAdded.text is undefined, not text',
      'NoteAdded.visibility is "secret", not internal,public',
      'NoteAdded.at is "8 o’clock", not time|null',
      'NoteAdded.tags is [1], not text[]?',
      'NoteAdded.colour is not defined',
    ]);
  });

  it('name a type that is not defined', () => {
    expect(eventFaults({ type: 'NoteLost', data: {} }, events)).toEqual([
      'NoteLost is not defined',
    ]);
  });
});
