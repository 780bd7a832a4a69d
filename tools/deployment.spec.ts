import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Ajv2019 from 'ajv/dist/2019';
import { parse, parseAllDocuments } from 'yaml';

// Goal: what Docker and Kubernetes are told agrees with the code and with itself. The real tools
// read the same files in tools/deployment.mjs, where they are at hand.

const root = resolve(__dirname, '..');
const composeFiles = ['docker-compose.yml', 'docker-compose.cluster.yml'];
const kubernetes = join('deploy', 'kubernetes', 'core');

interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly network_mode?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: unknown;
  readonly profiles?: readonly string[];
}

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
}

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources?: { readonly requests?: unknown; readonly limits?: unknown };
  readonly [key: string]: unknown;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: { readonly containers: Container[] } } };
}

const text = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

async function composeFile(path: string): Promise<ComposeFile> {
  return parse(await text(path), { merge: true }) as ComposeFile;
}

async function manifests(path: string): Promise<readonly Manifest[]> {
  return parseAllDocuments(await text(path)).map((document) => document.toJS() as Manifest);
}

async function composeFaults(file: object): Promise<readonly unknown[]> {
  const schema = JSON.parse(await text('tools/compose/compose-spec.schema.json')) as object;
  // The schema names its dialect, and itself, in a way that Ajv does not know.
  const ajv = new Ajv2019({ strict: false, validateFormats: false, validateSchema: false });
  ajv.removeKeyword('id').addKeyword('id');
  const validate = ajv.compile(
    Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema')),
  );
  validate(file);
  return validate.errors ?? [];
}

/** The services that are ours, by name; not the command line, which nobody starts with them. */
async function ourServices(path: string): Promise<readonly (readonly [string, ComposeService])[]> {
  const { services } = await composeFile(path);
  return Object.entries(services).filter(
    ([, { image, profiles }]) => image.startsWith('ledgerdesk:') && profiles === undefined,
  );
}

async function podContainers(): Promise<readonly Container[]> {
  const [pod] = await manifests(join(kubernetes, 'pod.yaml'));
  return pod?.spec.template.spec.containers ?? [];
}

const appOf = (command: readonly string[] = []): string | undefined =>
  /^dist\/apps\/([a-z-]+)\/main\.js$/.exec(command.join(' '))?.[1];

/** Of `image: name:tag` anywhere, also where kustomize says the tag. */
async function imagesOf(path: string): Promise<readonly string[]> {
  const content = await text(path);
  const plain = [...content.matchAll(/\bimage: ['"]?([\w./-]+:[\w.-]+)/g)];
  const tagged = [...content.matchAll(/- name: ([\w./-]+)\n\s+newTag: ([\w.-]+)/g)];
  return [
    ...plain.map(([, image = '']) => image),
    ...tagged.map(([, name = '', tag = '']) => `${name}:${tag}`),
  ];
}

async function explainedVariables(): Promise<ReadonlySet<string>> {
  const folder = join(root, 'docs', 'scale-out');
  const pages = (await readdir(folder)).map((name) => join('docs', 'scale-out', name));
  const texts = await Promise.all(['README.md', ...pages].map(text));
  return new Set(
    texts.flatMap((page) => [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name = '']) => name)),
  );
}

it('would find a word that Compose does not know', async () => {
  const faults = await composeFaults({ services: { gateway: { image: 'a', helthcheck: {} } } });

  expect(faults).not.toEqual([]);
});

describe.each(composeFiles)('%s', (path) => {
  it('is what the Compose Specification allows', async () => {
    expect(await composeFaults(await composeFile(path))).toEqual([]);
  });

  it('runs apps that are there, on one address each', async () => {
    const services = await ourServices(path);
    const addresses = services.map(
      ([, { network_mode: network = '', environment }]) => `${network}/${environment?.['PORT']}`,
    );

    expect(services.length).toBeGreaterThanOrEqual(5);
    expect(new Set(addresses).size).toBe(services.length);
    for (const [name, { command }] of services) {
      const app = appOf(command) ?? '';
      expect(name).toMatch(new RegExp(`^${app}(-\\d)?$`));
      expect(existsSync(join(root, 'apps', app, 'main.ts'))).toBe(true);
    }
  });

  it('sets variables that the documentation explains', async () => {
    const explained = await explainedVariables();
    const unknown = (await ourServices(path))
      .flatMap(([, { environment = {} }]) => Object.keys(environment))
      .filter((name) => !explained.has(name));

    expect([...new Set(unknown)]).toEqual([]);
  });

  it('knows of each service that runs on whether it is well', async () => {
    const { services } = await composeFile(path);
    const unwatched = Object.entries(services)
      .filter(([, { healthcheck }]) => healthcheck === undefined)
      .map(([name]) => name);

    expect(unwatched).toEqual([]);
  });

  it('has a gateway that leads to the ports of the services', async () => {
    const gateway = await text('deploy/compose/gateway.conf');
    for (const [, { command, environment }] of await ourServices(path)) {
      const metrics = `location = /${appOf(command)}/metrics { proxy_pass http://127.0.0.1:`;
      expect(gateway).toContain(`${metrics}${environment?.['PORT']}/metrics; }`);
    }
  });
});

describe('Prometheus', () => {
  it.each(['prometheus.yml', 'prometheus.cluster.yml'])(
    'watches each service: %s',
    async (name) => {
      const { scrape_configs: jobs } = parse(await text(`deploy/compose/${name}`)) as {
        readonly scrape_configs: readonly { readonly metrics_path: string }[];
      };
      const services = await ourServices('docker-compose.yml');

      expect(jobs.map(({ metrics_path: path }) => path).sort()).toEqual(
        services.map(([app]) => `/${app}/metrics`).sort(),
      );
    },
  );
});

describe('images', () => {
  const places = [...composeFiles, join(kubernetes, 'kustomization.yaml')];

  it('are pinned to a version, the same everywhere', async () => {
    const images = (await Promise.all(places.map(imagesOf))).flat();
    const tags = new Map<string, Set<string>>();
    for (const image of images) {
      const [name = '', tag = ''] = image.split(/:(?=[^:/]*$)/);
      tags.set(name, (tags.get(name) ?? new Set()).add(tag));
    }

    expect(tags.size).toBeGreaterThanOrEqual(6);
    expect([...tags].filter(([, { size }]) => size > 1)).toEqual([]);
    expect(images.filter((image) => !/:v?\d+\.\d+\.\d+/.test(image))).toEqual([]);
  });

  it('are of the version of the project, and of the Kafka that is tested', async () => {
    const { version } = JSON.parse(await text('package.json')) as { readonly version: string };
    const pom = await text('tools/conformance/pom.xml');
    const images = (await Promise.all(places.map(imagesOf))).flat();

    expect(images).toContain(`ledgerdesk:${version}`);
    for (const image of images.filter((one) => one.startsWith('apache/kafka:'))) {
      expect(pom).toContain(`<version>${image.split(':')[1]}</version>`);
    }
  });

  it('build on the Node that the project asks for', async () => {
    const major = (await text('.nvmrc')).trim().split('.')[0];
    const bases = [...(await text('Dockerfile')).matchAll(/^FROM node:(\d+)\.\d+\.\d+-/gm)];

    expect(bases).toHaveLength(3);
    expect(new Set(bases.map(([, found]) => found))).toEqual(new Set([major]));
  });
});

describe('the Kubernetes core', () => {
  it('names files that are there', async () => {
    const { resources, patches, configMapGenerator } = parse(
      await text(join(kubernetes, 'kustomization.yaml')),
    ) as {
      readonly resources: readonly string[];
      readonly patches: readonly { readonly path: string }[];
      readonly configMapGenerator: readonly { readonly files: readonly string[] }[];
    };
    const named = [
      ...resources,
      ...patches.map(({ path }) => path),
      ...configMapGenerator.flatMap(({ files }) => files),
      'kustomization.yaml',
    ];

    expect(named.sort()).toEqual((await readdir(join(root, kubernetes))).sort());
  });

  it('runs the same apps as Compose, each with a service and a disruption budget', async () => {
    const all = await manifests(join(kubernetes, 'services.yaml'));
    const names = (kind: string): readonly string[] =>
      all.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
    const apps = (await ourServices('docker-compose.yml')).map(([name]) => name);

    for (const kind of ['Deployment', 'Service', 'PodDisruptionBudget']) {
      expect(names(kind)).toEqual(apps);
    }
    for (const { kind, metadata, spec } of all) {
      if (kind !== 'Deployment') continue;
      const [container] = spec.template.spec.containers;
      expect(appOf(container?.args)).toBe(metadata.name);
    }
  });

  it('sets variables that the documentation explains, and no secret by its value', async () => {
    const explained = await explainedVariables();
    const variables = (await podContainers()).flatMap(({ env = [] }) => env);

    expect(variables.map(({ name }) => name).filter((name) => !explained.has(name))).toEqual([]);
    const urls = variables.filter(({ name }) => name.endsWith('_URL'));
    expect(urls).toHaveLength(3);
    expect(urls.filter(({ value }) => value !== undefined)).toEqual([]);
  });

  it('gives each container probes, resources and no more rights than it needs', async () => {
    const edge = await manifests(join(kubernetes, 'edge.yaml'));
    const containers = [
      ...(await podContainers()),
      ...(edge[0]?.spec.template.spec.containers ?? []),
    ];

    expect(containers.map(({ name }) => name)).toEqual(['service', 'gateway', 'edge']);
    for (const container of containers) {
      expect(container).toMatchObject({
        livenessProbe: expect.anything() as unknown,
        readinessProbe: expect.anything() as unknown,
        resources: { requests: expect.anything() as unknown, limits: expect.anything() as unknown },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      });
    }
  });
});
