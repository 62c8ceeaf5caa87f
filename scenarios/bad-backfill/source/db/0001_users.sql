CREATE TABLE users (
  id bigint PRIMARY KEY,
  email text NOT NULL,
  created_at text NOT NULL,          -- as the old member system wrote it; ISO since we took over in January 2024
  verification_status text NOT NULL DEFAULT 'unverified'
);
