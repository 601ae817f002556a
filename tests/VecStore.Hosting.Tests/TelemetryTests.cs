using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace VecStore.Hosting.Tests;

/// <summary>OpenTelemetry's own exporter sends what is measured to a collector: a small one, here.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vecstore-telemetry-");
    private readonly ConcurrentDictionary<string, string> _received = new();
    private readonly HttpListener _collector = new();
    private readonly string _address;

    public TelemetryTests()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        _collector.Prefixes.Add(_address);
        _collector.Start();
        _ = Collect();
    }

    public void Dispose()
    {
        _collector.Close();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void An_exporter_receives_every_instrument_and_every_activity()
    {
        using (MeterProvider metrics = Sdk.CreateMeterProviderBuilder().AddMeter(VecStoreDiagnostics.MeterName).AddOtlpExporter(options => To(options, "v1/metrics")).Build())
        using (TracerProvider traces = Sdk.CreateTracerProviderBuilder().AddSource(VecStoreDiagnostics.ActivitySourceName).AddOtlpExporter(options => To(options, "v1/traces")).Build())
        {
            using VectorStore store = VectorStore.Open(Path.Combine(_folder.FullName, "measured.vecstore"), new() { CreateIfMissing = true, Maintenance = Maintenance.Manual });
            VectorCollection rows = store.Create("measured-rows", new(2));
            rows.Upsert(1, [1, 0]);
            rows.Seal();
            rows.Upsert(2, [0, 1]);
            rows.Compact();
            using (BulkLoad load = rows.BeginBulkLoad())
            {
                load.Append(3, [1, 1]);
                load.Publish();
            }

            rows.Search([1, 0], new Neighbor[2]);
            Assert.True(metrics.ForceFlush(30_000));
            Assert.True(traces.ForceFlush(30_000));
        }

        string metered = _received["/v1/metrics"], traced = _received["/v1/traces"]; // protobuf keeps names as they are
        foreach (System.Reflection.FieldInfo name in typeof(VecStoreDiagnostics).GetFields())
        {
            if (name.Name.EndsWith("Name", StringComparison.Ordinal)) continue;
            Assert.Contains((string)name.GetValue(null)!, metered, StringComparison.Ordinal);
        }

        Assert.Contains("measured.vecstore", metered, StringComparison.Ordinal);
        Assert.Contains("measured-rows", metered, StringComparison.Ordinal);
        foreach (string activity in (string[])["vecstore.search", "vecstore.commit", "vecstore.seal", "vecstore.merge", "vecstore.load"])
            Assert.Contains(activity, traced, StringComparison.Ordinal);
        foreach (string documented in File.ReadLines(Path.Combine(Checkout.Root, "src/VecStore.Hosting/README.md")).Where(line => line.StartsWith("| `vecstore.", StringComparison.Ordinal)).Select(line => line.Split('`')[1]))
            Assert.Contains(documented, metered, StringComparison.Ordinal);
    }

    private void To(OtlpExporterOptions options, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(_address + path);
    }

    private async Task Collect()
    {
        while (_collector.IsListening)
        {
            HttpListenerContext call;
            try
            {
                call = await _collector.GetContextAsync();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await call.Request.InputStream.CopyToAsync(body);
            string text = Encoding.Latin1.GetString(body.ToArray());
            _received.AddOrUpdate(call.Request.Url!.AbsolutePath, text, (_, before) => before + text);
            call.Response.ContentType = "application/x-protobuf";
            call.Response.Close();
        }
    }
}
