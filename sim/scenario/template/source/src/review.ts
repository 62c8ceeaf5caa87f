export interface Review {
  id: number;
  itemId: number;
  stars: number;
}
