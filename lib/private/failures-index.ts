import { AttributeType, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';

const NAME = 'failures';

/**
 * Sparse: only failed and cancelled deliveries have its key (rule 10 of docs/architecture.md). It lists and finds them
 * again, and nothing is decided by it.
 */
export function addFailuresIndex(deliveries: Table): void {
  deliveries.addGlobalSecondaryIndex({
    indexName: NAME,
    partitionKey: { name: 'fx', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: ['st', 'ty', 'of'],
  });
}

export function failuresIndexArn(deliveries: Table): string {
  return `${deliveries.tableArn}/index/${NAME}`;
}
