using System.Diagnostics;

namespace VecStore.Repository.Tests;

public sealed class PackagesTests
{
    [Fact]
    public async Task The_packages_work_outside_the_repository_also_trimmed()
    {
        if (Environment.GetEnvironmentVariable("VECSTORE_LONG") != "1") Assert.Skip("minutes, and fetches the runtime: VECSTORE_LONG=1 runs it, after a Release build of the solution");
        var script = new ProcessStartInfo("bash", [Path.Combine(Checkout.Root, ".ci/packages"), "published"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(script)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await errors);
        Assert.Contains("trimmed: ", output, StringComparison.Ordinal);
        Assert.Contains("native: ", output, StringComparison.Ordinal);
        Assert.Contains("packages are usable: ", output, StringComparison.Ordinal);
    }
}
