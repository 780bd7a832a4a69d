import 'reflect-metadata';
import { createEngineRegistry } from '@ledgerdesk/engine';
import { processes } from '@ledgerdesk/processes';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { openApiDocument } from './openapi-document';

type Document = Readonly<Record<string, unknown>>;

const document: Document = openApiDocument({
  version: '1.2.3',
  processes,
  registry: createEngineRegistry(processes),
});

/** What Redocly's linter finds, warnings included: `rule at place: message`. */
async function findingsIn(described: Document): Promise<readonly string[]> {
  const config = await createConfig({
    extends: ['recommended'],
    rules: {
      // Health, metrics and the documents themselves take nothing that could be wrong.
      'operation-4xx-response': 'off',
    },
  });
  const source = JSON.stringify(described);
  const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
  return problems.map(
    ({ ruleId, message, location: [place] }) => `${ruleId} at ${place?.pointer ?? '?'}: ${message}`,
  );
}

describe('the OpenAPI document under a linter', () => {
  it('gives no error and no warning', async () => {
    expect(await findingsIn(document)).toEqual([]);
  });

  it('would give one for an example that its schema does not fit', async () => {
    const paths = document['paths'] as Record<string, { post: { requestBody: object } }>;
    const collection = '/api/v1/incidents';
    const broken = {
      ...document,
      paths: { [collection]: { post: withExample(paths[collection]?.post, { caller: 7 }) } },
    };
    expect(await findingsIn(broken)).toContainEqual(
      expect.stringMatching(/^no-invalid-media-type-examples at .*caller/),
    );
  });
});

function withExample(operation: object | undefined, example: object): object {
  const content = { 'application/json': { schema: schemaOf('RegisterIncident'), example } };
  return { ...operation, requestBody: { content } };
}

function schemaOf(name: string): Document {
  return { $ref: `#/components/schemas/${name}` };
}
