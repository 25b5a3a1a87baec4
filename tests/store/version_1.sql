-- What version 1 wrote: three operations, three tenants. Never changed: it stands for all stores of that version.

INSERT INTO operations (id, position, seq, command, tenant, environment, state, is_open, requester, digest, filed_at, changed_at, card_channel, card_message)
VALUES
    ('aaaaaaaa', 1, 10, 'tenant provision', 'golden', 'dev', 'succeeded', FALSE, 'operator', 'b2bf7382e3e11fa7dd9d742d246a180624b23e0a5389e25b18c539c77148834a', '2026-03-01T08:00:00.123456789Z', '2026-03-01T08:00:10.123456789Z', 'tenant-ops', '1'),
    ('bbbbbbbb', 6, 3, 'tenant provision', 'silver', 'sit', 'awaiting_approval', TRUE, 'operator', '5b451e9ca5a3d6a5a572695a13a923af6dde7b01414e4b14c627caf725084768', '2026-03-01T08:00:00.123456789Z', '2026-03-01T08:00:03.123456789Z', 'tenant-ops', '2'),
    ('cccccccc', 14, 2, 'tenant provision', 'copper-9', 'prod', 'cancelled', FALSE, 'operator', '974417c1ec24a37624abdda7c67cef0c21f515fc7050d9c8deabae575813a2cd', '2026-03-01T08:00:00.123456789Z', '2026-03-01T08:00:02.123456789Z', NULL, NULL);

INSERT INTO events (operation, seq, position, at, actor, kind, payload, previous, hash)
VALUES
    ('aaaaaaaa', 1, 1, '2026-03-01T08:00:00.123456789Z', 'operator', 'filed', '{"channel":"tenant-ops","digest":"b2bf7382e3e11fa7dd9d742d246a180624b23e0a5389e25b18c539c77148834a","plan":{"account":"536580886816","adopts":["dev-ap"],"checklist":[{"answer":{"verified":"it is"},"item":"DNS is delegated"},{"answer":"attested","item":"Costs are approved"}],"command":"tenant provision","details":{"company":"Golden Crust Bäckerei & Søn","email":"owner@golden.example","engagement":"client","organisation":null,"size":{"cpu":256,"memory":512,"storage":20},"subdomain":"golden","tenant":"golden"},"host":"golden.wp.example","load_balancer":"alb","operation":"aaaaaaaa","policy":{"approve":["team-lead"],"expires_after":3600,"remind_after":600},"purpose":"provision","steps":[{"resource":"dev-service","step":"ensure service"}],"tenancy":{"environment":"dev","tenant":"golden"}},"reason":"because","requester":{"id":"id-of-operator","name":"operator"}}', '0000000000000000000000000000000000000000000000000000000000000000', '2b5e199ab5ca986459a324e1d4f0132077953c1961cc7e31207beed75e7659c3'),
    ('aaaaaaaa', 2, 2, '2026-03-01T08:00:02.123456789Z', 'landlord', 'card-posted', '{"card":{"channel":"tenant-ops","message":"1"}}', '2b5e199ab5ca986459a324e1d4f0132077953c1961cc7e31207beed75e7659c3', '648abda0e7553d99aabb4584c71432515f518ff762dfd710750a824ba534ace7'),
    ('aaaaaaaa', 3, 3, '2026-03-01T08:00:03.123456789Z', 'landlord', 'thread-opened', '{"thread":"thread-1"}', '648abda0e7553d99aabb4584c71432515f518ff762dfd710750a824ba534ace7', 'f57aad5260a81c887811a6f9ffab4ff3d814f18d95983cd12bdce863217515ef'),
    ('aaaaaaaa', 4, 4, '2026-03-01T08:00:04.123456789Z', 'team-lead', 'vote-cast', '{"member":{"person":{"id":"id-of-team-lead","name":"team-lead"},"roles":["team-lead"]}}', 'f57aad5260a81c887811a6f9ffab4ff3d814f18d95983cd12bdce863217515ef', '833efe491d04efce5161aa85b3ce3c84a266fd216217310dbfcf3b8fe83cdc6b'),
    ('aaaaaaaa', 5, 5, '2026-03-01T08:00:05.123456789Z', 'landlord', 'started', '{"account":"536580886816","approvals":[["team-lead",{"id":"id-of-team-lead","name":"team-lead"}]]}', '833efe491d04efce5161aa85b3ce3c84a266fd216217310dbfcf3b8fe83cdc6b', '1e74894e70daa6ba30f6386ddaaeac1d4bacf003550a67dc10341c0fcb85e96b'),
    ('bbbbbbbb', 1, 6, '2026-03-01T08:00:00.123456789Z', 'operator', 'filed', '{"channel":"tenant-ops","digest":"5b451e9ca5a3d6a5a572695a13a923af6dde7b01414e4b14c627caf725084768","plan":{"account":"536580886816","adopts":["dev-ap"],"checklist":[{"answer":{"verified":"it is"},"item":"DNS is delegated"},{"answer":"attested","item":"Costs are approved"}],"command":"tenant provision","details":{"company":"Golden Crust Bäckerei & Søn","email":"owner@golden.example","engagement":"poc","organisation":null,"size":{"cpu":256,"memory":512,"storage":20},"subdomain":"argent","tenant":"silver"},"host":"argent.wp.example","load_balancer":"alb","operation":"bbbbbbbb","policy":{"approve":["team-lead"],"expires_after":3600,"remind_after":600},"purpose":"provision","steps":[{"resource":"dev-service","step":"ensure service"}],"tenancy":{"environment":"sit","tenant":"silver"}},"reason":"because","requester":{"id":"id-of-operator","name":"operator"}}', '1e74894e70daa6ba30f6386ddaaeac1d4bacf003550a67dc10341c0fcb85e96b', 'fecc4a97ef51c9c551f3125fb8c4ac5a73a14aca0c62a84dad54878358098928'),
    ('aaaaaaaa', 6, 7, '2026-03-01T08:00:06.123456789Z', 'landlord', 'step-started', '{"existed":false,"step":0}', 'fecc4a97ef51c9c551f3125fb8c4ac5a73a14aca0c62a84dad54878358098928', 'cabf689b4b3547b9397b43fb1a1951cc650954a618024192641535527d0d12e6'),
    ('aaaaaaaa', 7, 8, '2026-03-01T08:00:07.123456789Z', 'landlord', 'step-done', '{"effect":"created","note":"dev-service","step":0}', 'cabf689b4b3547b9397b43fb1a1951cc650954a618024192641535527d0d12e6', '67d129870716570aded3a9af11fdf226099f25b6d7a1b03df1ed5017498a3c15'),
    ('aaaaaaaa', 8, 9, '2026-03-01T08:00:08.123456789Z', 'landlord', 'succeeded', 'null', '67d129870716570aded3a9af11fdf226099f25b6d7a1b03df1ed5017498a3c15', '55476479fa3ec7e7c5d1e832fcc1c0413111ad4a4c01d155297b1d3ad3338553'),
    ('aaaaaaaa', 9, 10, '2026-03-01T08:00:09.123456789Z', 'operator', 'validated', '{"person":{"id":"id-of-operator","name":"operator"}}', '55476479fa3ec7e7c5d1e832fcc1c0413111ad4a4c01d155297b1d3ad3338553', 'f9ca3daaac31fcd61a03eb9946c64622c0d6a126d249fc09e059caaef9a7d954'),
    ('aaaaaaaa', 10, 11, '2026-03-01T08:00:10.123456789Z', 'landlord', 'told', '{"through":9}', 'f9ca3daaac31fcd61a03eb9946c64622c0d6a126d249fc09e059caaef9a7d954', '85b5b6e4b77a763b713616a2f11eef8da7d6491c6c19c35ea6e801165526e5c2'),
    ('bbbbbbbb', 2, 12, '2026-03-01T08:00:02.123456789Z', 'landlord', 'card-posted', '{"card":{"channel":"tenant-ops","message":"2"}}', '85b5b6e4b77a763b713616a2f11eef8da7d6491c6c19c35ea6e801165526e5c2', '2868cd75a07aa01ff95667b80e7cf1671de608fe1294dbf8695b96997e09f3b0'),
    ('bbbbbbbb', 3, 13, '2026-03-01T08:00:03.123456789Z', 'landlord', 'caught-up', '{"summary":"`''\"; DROP TABLE events; --\u0000\n🥐"}', '2868cd75a07aa01ff95667b80e7cf1671de608fe1294dbf8695b96997e09f3b0', '84fce976226ba5fb49f1f270045a737b2e2192990c1dc1a060fea2ceef303c4e'),
    ('cccccccc', 1, 14, '2026-03-01T08:00:00.123456789Z', 'operator', 'filed', '{"channel":"tenant-ops","digest":"974417c1ec24a37624abdda7c67cef0c21f515fc7050d9c8deabae575813a2cd","plan":{"account":"536580886816","adopts":["dev-ap"],"checklist":[{"answer":{"verified":"it is"},"item":"DNS is delegated"},{"answer":"attested","item":"Costs are approved"}],"command":"tenant provision","details":{"company":"Golden Crust Bäckerei & Søn","email":"owner@golden.example","engagement":"client","organisation":"The \"engagement\":\"poc\" 100% people","size":{"cpu":256,"memory":512,"storage":20},"subdomain":"copper-9","tenant":"copper-9"},"host":"copper-9.wp.example","load_balancer":"alb","operation":"cccccccc","policy":{"approve":["team-lead"],"expires_after":3600,"remind_after":600},"purpose":"provision","steps":[{"resource":"dev-service","step":"ensure service"}],"tenancy":{"environment":"prod","tenant":"copper-9"}},"reason":"because","requester":{"id":"id-of-operator","name":"operator"}}', '84fce976226ba5fb49f1f270045a737b2e2192990c1dc1a060fea2ceef303c4e', 'e128d58f56b05453e398cdb8da9ac91ec9b4246e33c675988fa5bd14b3c78366'),
    ('cccccccc', 2, 15, '2026-03-01T08:00:02.123456789Z', 'operator', 'cancelled', '{"person":{"id":"id-of-operator","name":"operator"}}', 'e128d58f56b05453e398cdb8da9ac91ec9b4246e33c675988fa5bd14b3c78366', 'aa534f515407b1420e8b2fc07cadaea93197359f479a5608cbee8a069ca53362');

INSERT INTO locks (key, operation)
VALUES
    ('sit/silver', 'bbbbbbbb'),
    ('subdomain/argent', 'bbbbbbbb');

INSERT INTO tenants (id, subdomain, search, details, operation)
VALUES
    ('copper-9', 'copper-9', 'copper-9
golden crust bäckerei & søn
copper-9', '{"tenant":"copper-9","company":"Golden Crust Bäckerei & Søn","subdomain":"copper-9","email":"owner@golden.example","organisation":"The \"engagement\":\"poc\" 100% people","size":{"cpu":256,"memory":512,"storage":20},"engagement":"client"}', 'cccccccc'),
    ('golden', 'golden', 'golden
golden crust bäckerei & søn
golden', '{"tenant":"golden","company":"Golden Crust Bäckerei & Søn","subdomain":"golden","email":"owner@golden.example","organisation":null,"size":{"cpu":256,"memory":512,"storage":20},"engagement":"client"}', 'aaaaaaaa'),
    ('silver', 'argent', 'silver
golden crust bäckerei & søn
argent', '{"tenant":"silver","company":"Golden Crust Bäckerei & Søn","subdomain":"argent","email":"owner@golden.example","organisation":null,"size":{"cpu":256,"memory":512,"storage":20},"engagement":"poc"}', 'bbbbbbbb');

INSERT INTO standings (tenant, environment, standing)
VALUES
    ('golden', 'dev', 'validated'),
    ('golden', 'prod', 'incomplete'),
    ('golden', 'sit', 'active'),
    ('silver', 'dev', 'active');

UPDATE head SET position = 15, operation = 'cccccccc', seq = 2, hash = 'aa534f515407b1420e8b2fc07cadaea93197359f479a5608cbee8a069ca53362', term = 1 WHERE id = 1;
