using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using VecStore.Benchmarks;

// dotnet run -c Release --project benchmarks/VecStore.Benchmarks -- --filter '*Tile*'   measures
// dotnet run -c Release --project benchmarks/VecStore.Benchmarks -- --smoke             runs each benchmark once, small: nothing here may rot
// dotnet run -c Release --project benchmarks/VecStore.Benchmarks -- --pca FILE.npy      our half of benchmarks/analysis_peers/sklearn_pca.py
// dotnet run -c Release --project benchmarks/VecStore.Benchmarks -- --million FOLDER 1000000   covariance and PCA of a store of so many bfloat16 rows beside the bare kernel
if (args is ["--pca", string file]) return VecStore.Benchmarks.Analysis.PcaTimes.Run(file);
if (args is ["--million", string folder, string count]) return VecStore.Benchmarks.Analysis.MillionRows.Run(folder, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
// dotnet run -c Release --project benchmarks/VecStore.Benchmarks -- --lobes-data FOLDER | --lobes PART... our half of benchmarks/analysis_peers/sklearn_lobes.py
// dotnet run -c Release --project benchmarks/VecStore.Benchmarks -- --lobes-planted 131072 100000 200 16 20   features, blocks, firings of a block, lobes, strongest pairs of a feature
if (args is ["--lobes-data", string lobeFolder]) return VecStore.Benchmarks.Analysis.LobeTimes.Make(lobeFolder);
if (args is ["--lobes", .. string[] lobeParts]) return VecStore.Benchmarks.Analysis.LobeTimes.Run(lobeParts);
if (args is ["--lobes-planted", .. string[] sizes] && sizes.Select(size => int.Parse(size, System.Globalization.CultureInfo.InvariantCulture)).ToArray() is [int f, int b, int per, int lobes, int strongest])
    return VecStore.Benchmarks.Analysis.LobeTimes.Planted(f, b, per, lobes, strongest);
// dotnet run -c Release --project benchmarks/VecStore.Benchmarks -- --commits FOLDER   commits a second of 1 to 16 threads, on the disk of that folder
if (args is ["--commits", string commitFolder]) return CommitTimes.Run(commitFolder);
if (args is ["--smoke"])
{
    Scale.IsSmoke = true;
    var config = ManualConfig.CreateEmpty().AddJob(Job.Dry.WithToolchain(InProcessEmitToolchain.Instance)).AddLogger(NullLogger.Instance)
        .AddColumnProvider(DefaultColumnProviders.Instance).WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary)
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), $"vecstore-benchmarks-{Environment.ProcessId}"));
    var summaries = BenchmarkSwitcher.FromAssembly(typeof(Scale).Assembly).Run(["--filter", "*"], config);
    int failed = 0, run = 0;
    foreach (var summary in summaries)
    {
        foreach (var report in summary.Reports)
        {
            run++;
            if (report.Success) continue;
            failed++;
            Console.Error.WriteLine($"failed: {report.BenchmarkCase.DisplayInfo}");
        }
        foreach (var error in summary.ValidationErrors.Where(error => error.IsCritical))
        {
            failed++;
            Console.Error.WriteLine(error.Message);
        }
    }
    if (Directory.Exists(config.ArtifactsPath)) Directory.Delete(config.ArtifactsPath, recursive: true);
    Console.WriteLine($"{run - failed} benchmarks ran once, {failed} failed");
    return failed == 0 && run > 0 ? 0 : 1;
}
BenchmarkSwitcher.FromAssembly(typeof(Scale).Assembly).Run(args);
return 0;
