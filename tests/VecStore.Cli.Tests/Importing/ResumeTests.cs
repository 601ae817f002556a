using System.Diagnostics;
using System.Text.Json;

namespace VecStore.Cli.Tests.Importing;

public sealed class ResumeTests
{
    [Fact]
    public void An_import_killed_in_the_middle_and_run_again_equals_an_uninterrupted_one()
    {
        using var folder = new TestFolder();
        string source = WordFiles.Sample(12_000).WriteGloVe(folder["words.txt"]);
        string[] import = ["import", source, "--into", folder["killed"], "--collection", "words", "--checkpoint-rows", "1000", "--m", "4", "--ef-construction", "40"];
        KillOnceStaged(import, folder["killed"]);
        JsonElement report = Cli.OkJson(import);
        Assert.InRange(report.GetProperty("resumed_at").GetInt64(), 1_000, 12_000);
        Assert.Equal(12_000, report.GetProperty("rows_imported").GetInt64());
        Assert.Equal(12_000, report.GetProperty("resumed_at").GetInt64() + report.GetProperty("rows_read").GetInt64());

        import[3] = folder["whole"];
        Assert.Equal(0, Cli.OkJson(import).GetProperty("resumed_at").GetInt64());
        Assert.Equal(Contents(folder, "whole"), Contents(folder, "killed"));
        string[] search = ["search", "--like", "king", "--ef", "50", "--store"];
        Assert.Equal(Cli.OkJson([.. search, folder["whole"]]).GetProperty("neighbors").ToString(), Cli.OkJson([.. search, folder["killed"]]).GetProperty("neighbors").ToString());
        Cli.Ok("verify", folder["killed"]);
    }

    [Fact]
    public void Ctrl_C_stops_an_import_where_it_can_go_on()
    {
        using var folder = new TestFolder();
        string source = WordFiles.Sample(6_000).WriteGloVe(folder["words.txt"]);
        string[] import = ["import", source, "--into", folder["store"], "--collection", "words"];
        CliResult stopped = Cli.RunAndStop("found glove", import);
        Assert.Equal(130, stopped.Code);
        Assert.Contains("the same command goes on", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(0, Cli.OkJson("info", folder["store"]).GetProperty("collections")[0].GetProperty("rows").GetInt64());
        JsonElement report = Cli.OkJson(import);
        Assert.InRange(report.GetProperty("resumed_at").GetInt64(), 1, 5_999);
        Assert.Equal(6_000, report.GetProperty("rows_imported").GetInt64());
    }

    [Fact]
    public void What_a_stopped_import_has_staged_is_named_kept_and_discarded_when_asked()
    {
        using var folder = new TestFolder();
        string source = WordFiles.Sample(6_000).WriteGloVe(folder["words.txt"]);
        string[] import = ["import", source, "--into", folder["store"], "--collection", "words"];
        Assert.Equal(130, Cli.RunAndStop("found glove", import).Code);
        JsonElement staged = Assert.Single(DocumentedJson.Of("info", folder["store"]).GetProperty("collections")[0].GetProperty("staged").EnumerateArray());
        long rows = staged.GetProperty("rows").GetInt64();
        Assert.InRange(rows, 1, 5_999);
        Assert.True(staged.GetProperty("bytes").GetInt64() > rows * 400);
        Assert.StartsWith(source, staged.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Contains("by an import that runs or was stopped: " + source, Cli.Ok("info", folder["store"]).Out, StringComparison.Ordinal);

        Assert.Contains("are staged by an import into words", Cli.Ok("verify", folder["store"]).Error, StringComparison.Ordinal);
        CliResult compacted = Cli.Ok("compact", folder["store"]);
        Assert.Contains("are kept for an import into words that was stopped", compacted.Error, StringComparison.Ordinal);
        Cli.IsOneLine(Cli.Run([.. import, "--metric", "dot"]), 2, "are staged by a stopped import of " + source);
        Cli.IsOneLine(Cli.Run("compact", folder["store"], "--discard-staged", "--rebuild-index"), 2, "one at a time");
        Assert.Equal(rows, Cli.OkJson("info", folder["store"]).GetProperty("collections")[0].GetProperty("staged")[0].GetProperty("rows").GetInt64());

        Assert.Equal(rows, Assert.Single(DocumentedJson.Of("compact", folder["store"], "--discard-staged").GetProperty("discarded").EnumerateArray()).GetProperty("rows").GetInt64());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder["store"], "staging")));
        Assert.Equal(0, Cli.OkJson(import).GetProperty("resumed_at").GetInt64());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder["store"], "staging"))); // also after an import that came to its end
    }

    [Fact]
    public void Rows_left_out_do_not_shift_where_a_stopped_import_goes_on()
    {
        using var folder = new TestFolder();
        WordFiles words = WordFiles.Sample(6_000);
        for (int row = 10; row < 4_000; row += 100) words.Vectors[row * words.Dimension] = float.NaN;
        string source = words.WriteWord2VecBinary(folder["words.bin"]);
        string[] import = ["import", source, "--skip-invalid", "--into", folder["store"], "--collection", "words"];
        Assert.Equal(130, Cli.RunAndStop("found word2vec", import).Code);
        JsonElement report = Cli.OkJson(import);
        Assert.True(report.GetProperty("resumed_at").GetInt64() > 0);
        Assert.Equal(40, report.GetProperty("invalid_skipped").GetInt64());
        Assert.Equal(5_960, report.GetProperty("rows_imported").GetInt64());
        Assert.Equal(words.Words[5_999], Cli.OkJson("search", "--like", words.Words[5_999], "-k", "1", "--store", folder["store"]).GetProperty("like").GetString());
    }

    // SIGKILL as soon as the first part of the source is staged: the process reads, or builds the graph.
    private static void KillOnceStaged(string[] import, string store)
    {
        using Process process = Start(import);
        var deadline = Stopwatch.StartNew();
        while (!Directory.Exists(store) || !Directory.EnumerateFiles(store, "progress", SearchOption.AllDirectories).Any())
        {
            Assert.False(process.HasExited, $"the import ended by itself with {(process.HasExited ? process.ExitCode : 0)}: {(process.HasExited ? process.StandardError.ReadToEnd() : "")}");
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(60), "nothing was staged in a minute");
            Thread.Sleep(1);
        }

        process.Kill();
        process.WaitForExit();
        Assert.Equal(137, process.ExitCode);
    }

    private static Process Start(string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        var start = new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, "VecStore.Cli.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static string Contents(TestFolder folder, string store)
    {
        string file = folder[store + ".npy"];
        Cli.Ok("export", file, "--store", folder[store]);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))) + File.ReadAllText(folder[store + ".keys.txt"]);
    }
}
