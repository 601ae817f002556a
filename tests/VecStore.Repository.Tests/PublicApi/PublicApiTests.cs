using System.Reflection;

namespace VecStore.Repository.Tests.PublicApi;

/// <summary>The public API is what the lists in this folder say. With VECSTORE_WRITE_API=1 they are written anew, for whoever means the change.</summary>
public sealed class PublicApiTests
{
    private const string Folder = "tests/VecStore.Repository.Tests/PublicApi";

    public static TheoryData<string> Libraries =>
        ["VecStore.Kernels", "VecStore.Storage", "VecStore.Indexing", "VecStore", "VecStore.Formats", "VecStore.Analysis", "VecStore.Hosting"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_API_is_the_one_that_is_listed(string library)
    {
        string path = Path.Combine(Checkout.Root, Folder, library + ".txt");
        string now = ApiList.Of(Assembly.Load(library));
        if (Environment.GetEnvironmentVariable("VECSTORE_WRITE_API") == "1") File.WriteAllText(path, now);
        string[] listed = File.ReadAllText(path).Split('\n'), shown = now.Split('\n');
        string differences = string.Join('\n', shown.Except(listed).Select(line => "+ " + line).Concat(listed.Except(shown).Select(line => "- " + line)).Take(20));
        Assert.True(listed.SequenceEqual(shown), $"the public API of {library} is not the one in {Folder}/{library}.txt; if it is meant to change, run this test with VECSTORE_WRITE_API=1:\n{differences}");
    }

    [Fact]
    public void Every_library_has_a_list_and_nothing_else_has()
    {
        IEnumerable<string> libraries = Checkout.Files("src", "*.csproj").Select(project => Path.GetFileNameWithoutExtension(project)!);
        Assert.Equal(libraries.Order(StringComparer.Ordinal), Checkout.Files(Folder, "*.txt").Select(list => Path.GetFileNameWithoutExtension(list)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_library_lets_a_public_member_go_without_documentation()
    {
        // The compiler refuses it (CS1591 is an error) wherever nobody tells it not to.
        foreach (string path in Checkout.Files("src", "*.cs").Concat(Checkout.Files("src", "*.csproj")).Concat(Checkout.Files("src", "*.targets")))
            Assert.DoesNotContain("1591", Checkout.Read(path), StringComparison.Ordinal);
        foreach (string library in Libraries.Select(row => row.Data))
        {
            string documentation = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, library + ".xml"));
            foreach (Type type in Assembly.Load(library).GetExportedTypes()) Assert.Contains($"\"T:{type.FullName!.Replace('+', '.')}\"", documentation, StringComparison.Ordinal);
        }
    }
}
