import type { GraphEdge, GraphNode, RelationGraph } from '@ledgerdesk/read-models';
import { toCell } from './output';

/**
 * A graph of relations as a tree: each node once, below the nearest one that leads to it; what then
 * remains stands behind it.
 */
export function graphTree({ root, nodes, edges, cut }: RelationGraph): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const { branches, others } = branchesOf(nodes, edges);
  const lines: string[] = [];
  const write = (id: string, indent: string): void => {
    for (const { edge, node } of branches.get(id) ?? []) {
      lines.push(`${indent}${relationFrom(id, edge)} ${nameOf(node)}`);
      write(node.id, `${indent}  `);
    }
  };
  const top = byId.get(root);
  if (top !== undefined) lines.push(nameOf(top));
  write(root, '  ');
  for (const { from, to, type } of others) {
    lines.push(`also: ${shortName(byId.get(from), from)} ${type} ${shortName(byId.get(to), to)}`);
  }
  if (cut.byDepth) lines.push('there is more behind it; raise --depth');
  if (cut.byLimit) lines.push('there is more than is shown; raise --limit');
  return `${lines.join('\n')}\n`;
}

/** A graph of relations as a Mermaid flow chart. */
export function graphDiagram({ nodes, edges }: RelationGraph): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines = [
    'flowchart LR',
    ...nodes.map((node) => `  ${names.get(node.id) ?? ''}["${quoted(nameOf(node))}"]`),
    ...edges.map(
      ({ from, to, type }) =>
        `  ${names.get(from) ?? ''} -->|"${quoted(type)}"| ${names.get(to) ?? ''}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

interface Branch {
  readonly edge: GraphEdge;
  readonly node: GraphNode;
}

interface Branches {
  /** By the id of the node that they grow from. */
  readonly branches: ReadonlyMap<string, readonly Branch[]>;
  /** Relations that are no branch of the tree. */
  readonly others: readonly GraphEdge[];
}

function branchesOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Branches {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const branches = new Map<string, Branch[]>(nodes.map(({ id }) => [id, []]));
  const placed = new Set<string>();
  const others: GraphEdge[] = [];
  for (const edge of edges) {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    if (from === undefined || to === undefined) continue;
    const [near, far] = from.depth < to.depth ? [from, to] : [to, from];
    if (near.depth === far.depth || placed.has(far.id)) {
      others.push(edge);
      continue;
    }
    placed.add(far.id);
    branches.get(near.id)?.push({ edge, node: far });
  }
  return { branches, others };
}

/** How the near end stands to the far one. */
function relationFrom(near: string, { from, type, inverse }: GraphEdge): string {
  return from === near ? type : inverse;
}

function nameOf({ id, process, number, title, state, isTicket }: GraphNode): string {
  if (!isTicket) return toCell(`${process} ${id}`);
  const parts = [number ?? id, title, state === null ? null : `(${state})`];
  return toCell(parts.filter((part) => part !== null).join(' '));
}

function shortName(node: GraphNode | undefined, id: string): string {
  return toCell(node?.number ?? id);
}

function quoted(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
