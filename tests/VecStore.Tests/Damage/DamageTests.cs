using VecStore.Storage;
using VecStore.Testing;

namespace VecStore.Tests.Damage;

/// <summary>
/// One thing in one file of a store is damaged. Opening and using it gives a typed error that names the file and a cure, or exactly the answers of the
/// undamaged store: never another exception, never a crash of the process, never a wrong answer.
/// </summary>
public sealed class DamageTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("VECSTORE_LONG") == "1";
    private readonly DamagedStore _store = new();

    /// <summary>Every byte that is not zero, and every 17th that is (every one in the long run): one bit of it.</summary>
    [Fact]
    public void One_flipped_bit_anywhere_is_an_error_or_changes_no_answer()
    {
        int flips = 0;
        int errors = 0;
        foreach (string path in _store.Files.Paths)
        {
            byte[] content = _store.Files.Content(path);
            bool log = path.EndsWith(".log", StringComparison.Ordinal); // 1 MB reserved, mostly zeros
            for (int at = 0; at < content.Length; at++)
            {
                if (content[at] == 0 && at % (log && at > 16_384 ? 4_099 : Long ? 1 : 17) != 0) continue;
                long bit = (at * 8L) + (at % 8);
                Testing.Damage.FlipBit(_store.Files, path, bit);
                if (!SameAnswers($"bit {bit} of {path} flipped", asWriter: flips % 16 == 0)) errors++;
                Testing.Damage.FlipBit(_store.Files, path, bit);
                flips++;
            }
        }

        output.WriteLine($"{flips} flips, {errors} typed errors, {flips - errors} without effect");
        Assert.True(errors > 1_000);
        Assert.Equal(_store.Answers, DamagedStore.Use(_store.Files, readOnly: true));
    }

    [Fact]
    public void Zeroed_pages_truncations_and_misdirected_blocks_are_an_error_or_change_no_answer()
    {
        int damages = 0;
        string[] paths = [.. _store.Files.Paths];
        foreach (string path in paths)
        {
            byte[] content = _store.Files.Content(path);
            int used = path.EndsWith(".log", StringComparison.Ordinal) ? 16_384 : content.Length;
            for (int at = 0; at < used; at += 4_096)
            {
                Damaged($"4 KiB at {at} of {path} zero", files => Testing.Damage.Zero(files, path, at, 4_096));
                for (int from = 0; from < used; from += 4_096)
                    if (from != at) Damaged($"4 KiB at {at} of {path} from {from}", files => Testing.Damage.CopyBlock(files, path, from, at, 4_096));
            }

            for (int length = 0; length < used; length += 512) Damaged($"{path} cut to {length} bytes", files => Testing.Damage.Truncate(files, path, length));
            Damaged($"{path} gone", files => files.Delete(path));
            foreach (string other in paths)
            {
                if (other != path && System.IO.Path.GetExtension(other) == System.IO.Path.GetExtension(path))
                    Damaged($"{path} replaced by {other}", files => Replace(files, path, other));
            }
        }

        output.WriteLine($"{damages} damages");

        void Damaged(string what, Action<FaultFiles> damage)
        {
            FaultFiles files = _store.Files.KillImage();
            damage(files);
            SameAnswers(files, what, asWriter: damages++ % 4 == 0);
        }
    }

    [Fact]
    public void A_store_with_a_damaged_graph_opens_without_graphs_and_rebuilding_cures_it()
    {
        string graph = Assert.Single(_store.Files.Paths, path => path.EndsWith(".graph", StringComparison.Ordinal));
        int damaged = 0;
        for (int at = 0; at < _store.Files.Content(graph).Length; at += 1_021)
        {
            FaultFiles files = _store.Files.KillImage();
            Testing.Damage.FlipBit(files, graph, at * 8L);
            if (at % 2 == 0) files.Delete(graph);
            using (VectorStore store = VectorStore.Open(DamagedStore.Path, DamagedStore.Options(files) with { IgnoreGraphs = true }))
            {
                Assert.Equal(DamagedStore.Use(_store.Files, readOnly: true, ignoreGraphs: true), DamagedStore.Use(store));
                store["numbers"].RebuildIndex();
            }

            using VectorStore cured = VectorStore.Open(DamagedStore.Path, DamagedStore.Options(files));
            Assert.True(cured.Verify().IsClean);
            Assert.Equal(Contents.Of(cured), Contents.Of(cured));
            DamagedStore.Use(cured);
            damaged++;
        }

        Assert.True(damaged > 5);
    }

    [Fact]
    public void Verify_names_each_damaged_file()
    {
        using (VectorStore sound = VectorStore.Open(DamagedStore.Path, DamagedStore.Options(_store.Files) with { ReadOnly = true }))
            Assert.True(sound.Verify().IsClean);

        // Damage that opening does not meet: in the vectors.
        foreach (string path in _store.Files.Paths.Where(path => path.EndsWith(".segment", StringComparison.Ordinal)))
        {
            FaultFiles files = _store.Files.KillImage();
            Testing.Damage.FlipBit(files, path, 8 * 4_100);
            using VectorStore store = VectorStore.Open(DamagedStore.Path, DamagedStore.Options(files) with { ReadOnly = true });
            VecStore.Damage found = Assert.Single(store.Verify().Damages);
            Assert.Equal(path, found.File);
        }
    }

    private bool SameAnswers(string what, bool asWriter) => SameAnswers(asWriter ? _store.Files.KillImage() : _store.Files, what, asWriter);

    private bool SameAnswers(FaultFiles files, string what, bool asWriter)
    {
        try
        {
            string answers = DamagedStore.Use(files, readOnly: !asWriter);
            if (answers != _store.Answers) Assert.Fail($"{what}: another answer\n{answers}\n\ninstead of\n{_store.Answers}");
            return true;
        }
        catch (StoreCorruptException damage)
        {
            Assert.StartsWith(DamagedStore.Path, damage.File, StringComparison.Ordinal);
            Assert.True(damage.Cure.Length > 10, $"{what}: no cure");
            return false;
        }
        catch (FormatVersionException newer)
        {
            Assert.StartsWith(DamagedStore.Path, newer.File, StringComparison.Ordinal);
            return false;
        }
        catch (Exception failure) when (failure is not Xunit.Sdk.IAssertionException)
        {
            // Without a manifest there is no store.
            if (failure is DirectoryNotFoundException && !files.Exists(DamagedStore.Path + "/manifest")) return false;
            throw new InvalidOperationException($"{what}: {failure.GetType().Name}: {failure.Message}", failure);
        }
    }

    private static void Replace(FaultFiles files, string path, string other)
    {
        byte[] content = files.Content(other);
        using IStoreFile file = files.Create(path);
        file.Write(0, content);
    }
}
