using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace VecStore.Hosting.Tests;

/// <summary>The program in the README of VecStore.Hosting, run; the text between the marks is the text in the README.</summary>
public sealed class HostSample : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vecstore-host-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_program_in_the_readme_runs()
    {
        using var output = new StringWriter();
        await Run(["--VecStore:Path", Path.Combine(_folder.FullName, "articles.vecstore")], output);
        Assert.Matches("^Cats: 0\\.\\d\\d\nMats: 0\\.\\d\\d\n$", output.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_program_in_the_readme_is_the_one_that_runs()
    {
        string shown = Regex.Match(File.ReadAllText(Path.Combine(Checkout.Root, "src/VecStore.Hosting/README.md")), "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        string source = File.ReadAllText(Path.Combine(Checkout.Root, "tests/VecStore.Hosting.Tests/HostSample.cs"));
        string run = string.Concat(Regex.Matches(source, "// begin\n(.*?) *// end\n", RegexOptions.Singleline).Select(part => part.Groups[1].Value));
        Assert.Equal(Plain(shown[shown.IndexOf("HostApplicationBuilder builder", StringComparison.Ordinal)..]), Plain(run));
    }

    private static async Task Run(string[] args, StringWriter Console)
    {
        // begin
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(new WordEmbeddings()); // yours: any generator of Microsoft.Extensions.AI
        builder.Services.AddVecStore(builder.Configuration.GetSection("VecStore")) // "VecStore": { "Path": "articles.vecstore" }
            .AddTextCollection<long, Article>("articles")
            .AddHealthCheck();

        using IHost host = builder.Build();
        await host.StartAsync(); // opens the store

        var articles = host.Services.GetRequiredService<TextCollection<long, Article>>();
        await articles.UpsertAsync([
            new Article { Id = 1, Title = "Cats", Year = 2026, Text = "the cat sat on the mat" },
            new Article { Id = 2, Title = "Mats", Year = 2025, Text = "where a mat is woven" },
            new Article { Id = 3, Title = "Old cats", Year = 1999, Text = "the cat sat on the sofa" }]);
        foreach (VectorSearchResult<Article> found in await articles.SearchAsync("where sat the cat", top: 2, new() { Filter = article => article.Year >= 2020 }))
            Console.WriteLine($"{found.Record.Title}: {found.Score:F2}");

        await host.StopAsync(); // seals and closes it
        // end
    }

    private static string Plain(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}

// begin
internal sealed class Article
{
    [VectorStoreKey] public long Id { get; set; }
    [VectorStoreData] public string? Title { get; set; }
    [VectorStoreData] public int Year { get; set; }
    [VectorStoreVector(64)] public string? Text { get; set; } // the text is embedded; it is not kept
}
// end
