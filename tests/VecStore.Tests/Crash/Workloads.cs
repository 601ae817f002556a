using VecStore.Storage;

namespace VecStore.Tests.Crash;

/// <summary>Scripted histories of a store. Each runs on a simulated disk, with segments of 16 rows, so that sealing happens all the time.</summary>
public static class Workloads
{
    private static readonly CollectionSchema Numbers = new(4) { Metric = Metric.Euclidean };

    private static readonly CollectionSchema Words = new(3)
    {
        Metric = Metric.Cosine,
        KeyKind = KeyKind.String,
        Fields = [new("year", FieldType.Int64), new("tags", FieldType.StringList)],
    };

    public static IReadOnlyDictionary<string, Action<CrashRun>> All { get; } = new Dictionary<string, Action<CrashRun>>
    {
        ["upserts and deletes"] = UpsertsAndDeletes,
        ["batches and fields"] = BatchesAndFields,
        ["compaction"] = Compaction,
        ["bulk loads"] = BulkLoads,
        ["resumed bulk load"] = ResumedBulkLoad,
        ["two collections"] = TwoCollections,
        ["reopening"] = Reopening,
        ["death and recovery"] = DeathAndRecovery,
        ["graphs"] = Graphs,
        ["large records"] = LargeRecords,
        ["attachments"] = Attachments,
        ["committing threads"] = CommittingThreads,
    };

    private static void UpsertsAndDeletes(CrashRun run)
    {
        run.Open();
        run.Create("a", Numbers);
        for (int i = 0; i < 40; i++)
        {
            run.Upsert("a", i % 25, i);
            if (i % 7 == 3) run.Delete("a", i / 2);
        }

        run.Delete("a", 24);
        run.Close();
    }

    private static void BatchesAndFields(CrashRun run)
    {
        run.Open();
        run.Create("w", Words);
        for (int batch = 0; batch < 6; batch++) Batch(run, batch);
        run.Step("seal", () => run.Store["w"].Seal());
        FieldSchema[] added = [new("rank", FieldType.Double), new("good", FieldType.Bool), new("name", FieldType.String)];
        run.Step("add fields", expected => expected.AddFields("w", added), () => run.Store["w"].AddFields(added));
        run.Upsert("w", "word 3", 77, new() { ["rank"] = 0.5, ["good"] = true, ["name"] = "ä", ["year"] = 1 });
        Batch(run, 7);
        run.Step("seal again", () => run.Store["w"].Seal());
        run.Close();
    }

    // Upserts and deletes of one batch appear together or not at all.
    private static void Batch(CrashRun run, int number)
    {
        var rows = Enumerable.Range(0, 5).Select(i => (Key: new Key($"word {(number * 3) + i}"), Vector: Vectors.Random((number * 100) + i, 3))).ToArray();
        FieldValues values = new() { ["year"] = 2000 + number, ["tags"] = new[] { "a", $"b{number}" } };
        var gone = new Key($"word {number * 2}");
        run.Step($"batch {number}", expected =>
        {
            foreach ((Key key, float[] vector) in rows) expected.Upsert("w", key, vector, values);
            expected.Delete("w", gone);
        }, () =>
        {
            using WriteBatch batch = run.Store["w"].BeginWrite();
            foreach ((Key key, float[] vector) in rows) batch.Upsert(key, vector, values);
            batch.Delete(gone);
            batch.Commit();
        });
    }

    private static void Compaction(CrashRun run)
    {
        run.Open();
        run.Create("a", Numbers);
        UpsertMany(run, "a", 0, 50);
        for (int i = 0; i < 50; i += 4) run.Delete("a", i);
        run.Step("compact", () => run.Store["a"].Compact());
        run.Upsert("a", 5, 500);
        run.Delete("a", 6);
        run.Step("compact again", () => run.Store["a"].Compact());
        run.Step("delete all", expected =>
        {
            foreach (string key in expected.Keys("a").ToArray()) expected.Delete("a", long.Parse(key, System.Globalization.CultureInfo.InvariantCulture));
        }, () =>
        {
            using WriteBatch batch = run.Store["a"].BeginWrite();
            for (int i = 0; i < 50; i++) batch.Delete(i);
            batch.Commit();
        });
        run.Step("compact nothing", () => run.Store["a"].Compact());
        run.Upsert("a", 1, 600);
        run.Close();
    }

    private static void BulkLoads(CrashRun run)
    {
        run.Open();
        run.Create("a", Numbers);
        UpsertMany(run, "a", 0, 20);
        BulkLoad(run, "a", first: 10, rows: 45, source: null);
        run.Upsert("a", 12, 900);
        run.Step("break a load off", () =>
        {
            using BulkLoad load = run.Store["a"].BeginBulkLoad(new() { CheckpointRows = 8 });
            for (int i = 0; i < 20; i++) load.Append(1000 + i, Vectors.Random(i, 4));
        });
        BulkLoad(run, "a", first: 40, rows: 30, source: "second");
        run.Close();
    }

    private static void BulkLoad(CrashRun run, string collection, int first, int rows, string? source)
    {
        run.Step($"bulk load from {first}", expected =>
        {
            for (int i = 0; i < rows; i++) expected.Upsert(collection, first + i, Vectors.Random(5000 + first + i, 4));
        }, () =>
        {
            using BulkLoad load = run.Store[collection].BeginBulkLoad(new() { Source = source, CheckpointRows = 16 });
            for (int i = (int)load.RowsAlreadyStaged; i < rows; i++) load.Append(first + i, Vectors.Random(5000 + first + i, 4));
            load.Publish();
        });
    }

    private static void ResumedBulkLoad(CrashRun run)
    {
        run.Open();
        run.Create("a", Numbers);
        UpsertMany(run, "a", 0, 5);
        run.Step("stage half", () =>
        {
            using BulkLoad load = run.Store["a"].BeginBulkLoad(new() { Source = "file", CheckpointRows = 8 });
            for (int i = 0; i < 20; i++) load.Append(i % 18, Vectors.Random(5000 + i % 18, 4));
        });
        run.Step("stage another", () =>
        {
            using BulkLoad load = run.Store["a"].BeginBulkLoad(new() { Source = "other", CheckpointRows = 8 });
            for (int i = 0; i < 12; i++) load.Append(200 + i, Vectors.Random(i, 4));
        });
        run.Step("discard it", () => Assert.True(run.Store.Discard(run.Store.UnfinishedLoads().Single(load => load.Source == "other"))));
        run.Kill();
        run.Open();
        run.Step("publish the rest", expected =>
        {
            for (int i = 0; i < 40; i++) expected.Upsert("a", i % 35, Vectors.Random(5000 + i % 35, 4));
        }, () =>
        {
            using BulkLoad load = run.Store["a"].BeginBulkLoad(new() { Source = "file", CheckpointRows = 8 });
            for (int i = 0; i < 40; i++) if (i >= load.RowsAlreadyStaged) load.Append(i % 35, Vectors.Random(5000 + i % 35, 4));
            load.Publish();
        });
        run.Close();
    }

    private static void TwoCollections(CrashRun run)
    {
        run.Open();
        run.Create("a", Numbers);
        run.Create("b", Numbers);
        for (int i = 0; i < 20; i++)
        {
            run.Upsert("a", i, i);
            run.Upsert("b", i % 3, 100 + i);
        }

        run.Step("drop a", expected => expected.Drop("a"), () => run.Store.Drop("a"));
        run.Upsert("b", 9, 9);
        run.Create("a", Numbers with { Dimension = 2 });
        run.Upsert("a", 7, 7);
        run.Step("drop b", expected => expected.Drop("b"), () => run.Store.Drop("b"));
        run.Upsert("a", 8, 8);
        run.Close();
    }

    private static void Reopening(CrashRun run)
    {
        run.Open();
        run.Create("a", Numbers);
        for (int round = 0; round < 5; round++)
        {
            UpsertMany(run, "a", round * 3, 6);
            if (round % 2 == 1) run.Delete("a", round);
            run.Close();
            run.Open();
        }

        run.Close();
    }

    // The process dies between the steps; what the next one shows must be there from then on.
    private static void DeathAndRecovery(CrashRun run)
    {
        run.Open();
        run.Create("a", Numbers);
        for (int round = 0; round < 5; round++)
        {
            UpsertMany(run, "a", round * 5, 11);
            run.Kill();
            run.Open();
            if (round == 2) run.Create("b", Numbers);
        }

        run.Delete("a", 3);
        run.Kill();
        run.Open();
        run.Close();
    }

    private static void Graphs(CrashRun run)
    {
        run.Open();
        run.Create("a", Numbers);
        BulkLoad(run, "a", first: 0, rows: 60, source: null);
        run.Step("rebuild", () => run.Store["a"].RebuildIndex());
        UpsertMany(run, "a", 50, 12);
        run.Step("compact", () => run.Store["a"].Compact());
        run.Step("rebuild again", () => run.Store["a"].RebuildIndex());
        run.Close();
    }

    // Records longer than a page of the log, and more than one such page.
    private static void LargeRecords(CrashRun run)
    {
        run.Open();
        run.Create("big", new CollectionSchema(900) { Metric = Metric.Dot });
        for (int round = 0; round < 4; round++)
        {
            int first = round * 30;
            var rows = Enumerable.Range(first, 40).Select(i => (Key: (Key)i, Vector: Vectors.Random(i + round, 900))).ToArray();
            run.Step($"batch {round}", expected =>
            {
                foreach ((Key key, float[] vector) in rows) expected.Upsert("big", key, vector);
            }, () =>
            {
                using WriteBatch batch = run.Store["big"].BeginWrite();
                foreach ((Key key, float[] vector) in rows) batch.Upsert(key, vector);
                batch.Commit();
            });
        }

        run.Close();
    }

    // Commits that share flushes; segments fill up and are sealed meanwhile, and the second round ends in a death.
    private static void CommittingThreads(CrashRun run)
    {
        run.Files.FlushTakes = TimeSpan.FromMilliseconds(0.5);
        run.Open();
        run.Create("a", Numbers);
        run.UpsertByThreads("a", threads: 5, each: 6, firstKey: 0);
        run.Delete("a", 7);
        run.UpsertByThreads("a", threads: 3, each: 5, firstKey: 100);
        run.Kill();
        run.Open();
        run.Close();
    }

    // Published, replaced while rows come and go, kept by a compaction, dropped alone and with the collection.
    private static void Attachments(CrashRun run)
    {
        run.Open();
        run.Create("a", Numbers);
        UpsertMany(run, "a", 0, 20);
        Attach(run, "a", "one", 1);
        run.Upsert("a", 3, 300);
        Attach(run, "a", "two", 2);
        Attach(run, "a", "one", 3);
        run.Step("compact", () => run.Store["a"].Compact());
        run.Delete("a", 3);
        run.Step("drop two", expected => expected.Detach("a", "two"), () => run.Store["a"].DropAttachment("two"));
        run.Close();
        run.Open();
        Attach(run, "a", "three", 4);
        run.Kill();
        run.Open();
        run.Create("b", Numbers);
        Attach(run, "b", "one", 5);
        run.Step("drop a", expected => expected.Drop("a"), () => run.Store.Drop("a"));
        run.Close();
    }

    private static void Attach(CrashRun run, string collection, string name, int seed)
    {
        byte[] content = new byte[3000 + seed];
        new Random(seed).NextBytes(content);
        run.Step($"attach {name}", expected => expected.Attach(collection, name, content), () => run.Store[collection].PublishAttachment(name, FileKind.Statistics, writer =>
        {
            writer.BeginSection("DATA");
            writer.Write(content);
        }));
    }

    private static void UpsertMany(CrashRun run, string collection, int first, int count)
    {
        for (int i = first; i < first + count; i++) run.Upsert(collection, i, i);
    }
}
