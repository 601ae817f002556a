using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace VecStore.Hosting.Tests;

public sealed class HostTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vecstore-host-");
    private readonly LogRecords _log = new();

    private string StorePath => Path.Combine(_folder.FullName, "s.vecstore");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_store_opens_with_the_host_and_is_sealed_when_it_stops()
    {
        using (IHost host = Build(services => services.AddVecStore(options => options.Path = StorePath).AddCollection<long, Item>("items")))
        {
            await host.StartAsync();
            Assert.Contains(_log.Events, record => record.Id == 1);
            TypedCollection<long, Item> items = host.Services.GetRequiredService<TypedCollection<long, Item>>();
            items.Upsert(new Item { Id = 7, Vector = new float[] { 1, 2 } });
            Assert.Same(host.Services.GetRequiredService<VectorStore>()["items"], items.Collection);
            Assert.Empty(Directory.GetFiles(Path.Combine(StorePath, "data")));
            await host.StopAsync();
            Assert.Equal([1, 10, 2], _log.Events.Select(record => record.Id));
            Assert.Single(Directory.GetFiles(Path.Combine(StorePath, "data"), "*.segment"));
            Assert.Throws<ObjectDisposedException>(() => items.Get(7));
        }

        using VectorStore store = VectorStore.Open(StorePath);
        Assert.Equal(1, store["items"].Count);
    }

    [Fact]
    public async Task Options_come_from_the_configuration_and_stores_have_names()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Stores:Words:Path"] = StorePath,
            ["Stores:Words:Durability"] = "Os",
            ["Stores:Words:SealRows"] = "128",
            ["Stores:Notes:Path"] = StorePath + "2",
        };
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddVecStore("words", builder.Configuration.GetSection("Stores:Words")).AddHealthCheck();
        builder.Services.AddVecStore("notes", builder.Configuration.GetSection("Stores:Notes")).AddHealthCheck(tags: "ready");
        Assert.Throws<InvalidOperationException>(() => builder.Services.AddVecStore("notes", options => options.Path = "x"));
        using IHost host = builder.Build();
        await host.StartAsync();
        VectorStore words = host.Services.GetRequiredKeyedService<VectorStore>("words");
        Assert.Equal(StorePath, words.Path);
        Assert.Equal(StorePath + "2", host.Services.GetRequiredKeyedService<VectorStore>("notes").Path);
        Assert.Null(host.Services.GetService<VectorStore>());
        VecStoreHostOptions bound = host.Services.GetRequiredService<IOptionsMonitor<VecStoreHostOptions>>().Get("words");
        Assert.Equal((Durability.Os, 128), (bound.Durability, bound.SealRows));
        HealthReport health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(["vecstore-notes", "vecstore-words"], health.Entries.Keys.Order());
        Assert.Equal(HealthStatus.Healthy, health.Status);
        await host.StopAsync();
    }

    [Fact]
    public void Without_a_host_the_services_alone_are_enough_and_nothing_is_logged()
    {
        var services = new ServiceCollection();
        services.AddVecStore(options => options.Path = StorePath).AddCollection<long, Article>("articles");
        using ServiceProvider provider = services.BuildServiceProvider();
        TypedCollection<long, Article> articles = provider.GetRequiredService<TypedCollection<long, Article>>();
        Assert.Same(provider.GetRequiredService<VectorStore>()["articles"], articles.Collection);
    }

    [Fact]
    public async Task Mistakes_in_the_options_are_told_at_the_start()
    {
        using IHost host = Build(services =>
        {
            services.AddVecStore("a", options => options.SealRows = 7);
            services.AddVecStore("b", options => (options.Path, options.ReadOnly, options.CreateIfMissing, options.GraphMinRows) = ("x", true, true, 0));
        });
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());
        string message = failure is AggregateException all ? string.Join('\n', all.InnerExceptions.Select(inner => inner.Message)) : failure.Message;
        Assert.Contains("VecStore \"a\": Path is missing", message, StringComparison.Ordinal);
        Assert.Contains("VecStore \"a\": SealRows is 7; 16 to 1,048,576 are allowed", message, StringComparison.Ordinal);
        Assert.Contains("VecStore \"b\": ReadOnly and CreateIfMissing exclude one another", message, StringComparison.Ordinal);
        Assert.Contains("VecStore \"b\": GraphMinRows is 0", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Environment.CurrentDirectory, "x")));
    }

    [Fact]
    public async Task Mistakes_in_the_configuration_are_told_with_what_is_allowed_and_every_option_may_be_configured()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Store:Path"] = StorePath,
            ["Store:SealRow"] = "64",
            ["Store:Durability"] = "Fulll",
            ["Store:GraphMinRows"] = "many",
            ["Store:ReadOnly"] = "yes",
            ["Store:Own:Setting"] = "of somebody else",
        });
        builder.Services.AddVecStore(builder.Configuration.GetSection("Store"));
        using IHost host = builder.Build();
        string message = (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())).Message;
        Assert.Contains("Store:SealRow is no option; there are Path,", message, StringComparison.Ordinal);
        Assert.Contains("Store:Durability is \"Fulll\"; Full and Os are allowed", message, StringComparison.Ordinal);
        Assert.Contains("Store:GraphMinRows is \"many\"; a whole number is needed", message, StringComparison.Ordinal);
        Assert.Contains("Store:ReadOnly is \"yes\"; true and false are allowed", message, StringComparison.Ordinal);
        Assert.DoesNotContain("somebody", message, StringComparison.Ordinal);
        foreach (System.Reflection.PropertyInfo option in typeof(VecStoreHostOptions).GetProperties()) Assert.Contains(option.Name, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_green_and_then_red_on_a_damaged_store()
    {
        using IHost host = Build(services => services.AddVecStore(options => options.Path = StorePath).AddHealthCheck());
        await host.StartAsync();
        VectorStore store = host.Services.GetRequiredService<VectorStore>();
        VectorCollection rows = store.Create("rows", new(8));
        for (int i = 0; i < 20; i++) rows.Upsert(i, Vector(i));
        rows.Seal();
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
        HealthReportEntry green = (await health.CheckHealthAsync()).Entries["vecstore"];
        Assert.Equal(HealthStatus.Healthy, green.Status);
        Assert.Equal(20L, green.Data["rows"]);

        string segment = Directory.GetFiles(Path.Combine(StorePath, "data"), "*.segment").Single();
        byte[] sound = await File.ReadAllBytesAsync(segment);
        byte[] damaged = [.. sound];
        damaged[40] ^= 1; // in the header
        await File.WriteAllBytesAsync(segment, damaged);
        HealthReportEntry red = (await health.CheckHealthAsync()).Entries["vecstore"];
        Assert.Equal(HealthStatus.Unhealthy, red.Status);
        Assert.Contains(segment, red.Description, StringComparison.Ordinal);
        Assert.Contains(_log.Events, record => record.Id == 22 && record.Level == LogLevel.Error);

        // Mended, it is green; damage in the rows is seen by the search that meets it, and stays red.
        await File.WriteAllBytesAsync(segment, sound);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        damaged = [.. sound];
        damaged[4096] ^= 1; // the first byte of the first vector
        await File.WriteAllBytesAsync(segment, damaged);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        Assert.Throws<StoreCorruptException>(() => rows.Search(Vector(1), new Neighbor[3]));
        red = (await health.CheckHealthAsync()).Entries["vecstore"];
        Assert.Equal(HealthStatus.Unhealthy, red.Status);
        Assert.IsType<StoreCorruptException>(red.Exception);
        Assert.Contains(_log.Events, record => record.Id == 21 && record.Level == LogLevel.Critical);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_stops_the_start_or_is_red_until_it_can()
    {
        VectorStore.Open(StorePath, new() { CreateIfMissing = true }).Dispose();
        string manifest = Path.Combine(StorePath, "manifest");
        byte[] sound = await File.ReadAllBytesAsync(manifest);
        await File.WriteAllBytesAsync(manifest, sound[..^2]);
        using (IHost strict = Build(services => services.AddVecStore(options => options.Path = StorePath)))
        {
            await Assert.ThrowsAsync<StoreCorruptException>(() => strict.StartAsync());
            Assert.Equal([3], _log.Events.Select(record => record.Id));
        }

        using IHost lenient = Build(services => services.AddVecStore(options => (options.Path, options.OpenAtStart) = (StorePath, false)).AddHealthCheck());
        await lenient.StartAsync();
        HealthCheckService health = lenient.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Status);
        await File.WriteAllBytesAsync(manifest, sound);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        await lenient.StopAsync();
    }

    [Fact]
    public async Task Texts_are_embedded_in_batches_and_found_by_text()
    {
        using var words = new WordEmbeddings();
        using IHost host = Build(services =>
        {
            services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(words);
            services.AddVecStore(options => options.Path = StorePath).AddTextCollection<long, Article>("articles");
        });
        await host.StartAsync();
        TextCollection<long, Article> articles = host.Services.GetRequiredService<TextCollection<long, Article>>();
        IEnumerable<Article> stories = Enumerable.Range(0, 25).Select(i => new Article { Id = i, Year = 2000 + i, Title = $"{i}", Text = $"story number{i} of the town{i % 5}" });
        await articles.UpsertAsync(stories, batchSize: 10);
        Assert.Equal((3, 10), (words.Calls, words.MostTexts));
        IReadOnlyList<VectorSearchResult<Article>> found = await articles.SearchAsync("story number7 of the town2", top: 3, new() { Filter = article => article.Year != 2012 });
        Assert.Equal(7, found[0].Record.Id);
        Assert.Equal(1, found[0].Score, 1e-5);
        Assert.DoesNotContain(found, result => result.Record.Id == 12);
        await articles.UpsertAsync(new Article { Id = 7, Text = "something else" });
        Assert.NotEqual(7, (await articles.SearchAsync("story number7 of the town2", top: 1))[0].Record.Id);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => articles.SearchAsync("x", 1, cancellation: cancelled.Token));

        using var wrong = new WordEmbeddings(32);
        var other = new TextCollection<long, Article>(articles.Records, wrong);
        Assert.Contains("dimension 32; Article says 64", (await Assert.ThrowsAsync<InvalidOperationException>(() => other.SearchAsync("x", 1))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => articles.Records.Upsert(new Article { Id = 1, Text = "no vector" }));
        Assert.Throws<ArgumentException>(() => new TextCollection<long, Item>(host.Services.GetRequiredService<VectorStore>().Collection<long, Item>("items"), words));
        await host.StopAsync();
    }

    private static float[] Vector(int i) => [i, 1, 0, 0, 0, 0, 0, 0];

    private IHost Build(Action<IServiceCollection> services)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(_log).SetMinimumLevel(LogLevel.Debug).AddFilter<LogRecords>((category, _) => category == "VecStore");
        services(builder.Services);
        return builder.Build();
    }

    private sealed class Item
    {
        [VectorStoreKey]
        public long Id { get; set; }

        [VectorStoreVector(2)]
        public ReadOnlyMemory<float> Vector { get; set; }
    }

    private sealed class LogRecords : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(int Id, LogLevel Level, string Message)> Events { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Events.Enqueue((eventId.Id, logLevel, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
