using System.Text.RegularExpressions;

namespace VecStore.Repository.Tests;

public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["VecStore.Kernels"] = [],
        ["VecStore.Storage"] = [],
        ["VecStore.Indexing"] = ["VecStore.Kernels", "VecStore.Storage"],
        ["VecStore"] = ["VecStore.Indexing"],
        ["VecStore.Formats"] = ["VecStore.Kernels"],
        ["VecStore.Analysis"] = ["VecStore"],
        ["VecStore.Hosting"] = ["VecStore"],
        ["VecStore.Explorer"] = ["VecStore.Analysis"],
        ["VecStore.Cli"] = ["VecStore.Analysis", "VecStore.Explorer", "VecStore.Formats"],
    };

    [Fact]
    public void Dependencies_point_down()
    {
        foreach (string project in Checkout.Files("src", "*.csproj").Concat(Checkout.Files("tools", "*.csproj")))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            Assert.True(Allowed.ContainsKey(name), $"{name} has no place on the map: src/README.md and this test");
            string[] references = [.. Regex.Matches(Checkout.Read(project), "ProjectReference Include=\"[^\"]*/([^/\"]+)\\.csproj\"").Select(m => m.Groups[1].Value).Order()];
            Assert.Equal(Allowed[name], references);
        }
    }

    [Fact]
    public void The_map_names_every_library()
    {
        string map = Checkout.Read("src/README.md");
        foreach (string project in Checkout.Files("src", "*.csproj")) Assert.Contains(Path.GetFileNameWithoutExtension(project), map, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_project_is_in_the_solution_and_has_a_lock_file()
    {
        string solution = Checkout.Read("VecStore.sln").Replace('\\', '/');
        foreach (string folder in (string[])["src", "tests", "benchmarks", "tools"])
        {
            foreach (string project in Checkout.Files(folder, "*.csproj"))
            {
                Assert.Contains(project, solution, StringComparison.Ordinal);
                Assert.True(File.Exists(Path.Combine(Checkout.Root, Path.GetDirectoryName(project)!, "packages.lock.json")), $"{project} has no packages.lock.json");
            }
        }
    }
}
