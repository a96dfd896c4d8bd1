import type {PaginatorKind} from './paginator.js';

/** Every paginator type. A new one is its file and a line here. */
export const paginators: readonly PaginatorKind[] = [];
