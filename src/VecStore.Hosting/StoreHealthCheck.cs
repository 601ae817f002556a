using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VecStore.Hosting;

/// <summary>
/// Green while the store can be opened, takes writes, has met no damage, and its manifest and the headers of its files are sound on the disk. Milliseconds, whatever the size; rows are
/// verified when they are first read.
/// </summary>
internal sealed class StoreHealthCheck(HostedStore hosted) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        HealthCheckResult Red(string reason, Exception? cause) => new(context.Registration.FailureStatus, reason, cause);
        try
        {
            VectorStore store = hosted.Store;
            if (store.Damage is { } damage) return Task.FromResult(Red(damage.Message, damage));
            if (store.Failure is { } failure) return Task.FromResult(Red($"The store {store.Path} takes no more writes since one failed: {failure.Message}", failure));
            VerifyReport report = store.VerifyHeaders(cancellationToken);
            if (!report.IsClean)
            {
                string damages = string.Join(' ', report.Damages.Select(found => found.Message));
                hosted.ToldUnhealthy(damages);
                return Task.FromResult(Red(damages, null));
            }

            var data = new Dictionary<string, object> { ["path"] = store.Path, ["files"] = report.Files, ["bytes"] = report.Bytes, ["rows"] = report.Rows };
            return Task.FromResult(HealthCheckResult.Healthy($"{report.Rows:N0} rows in {report.Files:N0} files", data));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return Task.FromResult(Red(failure.Message, failure));
        }
    }
}
