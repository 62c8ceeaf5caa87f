import { db } from "./db";
import { Review } from "./review";

// Called for members and for guests alike; a guest has no profile.
export async function post(review: Review, profile?: { nickname: string }) {
  const nickname = (profile?.nickname ?? null)!.trim();
  await db.run(
    "INSERT INTO reviews (id, item_id, stars, nickname) VALUES (:id, :itemId, :stars, :nickname)",
    { ...review, nickname },
  );
}
