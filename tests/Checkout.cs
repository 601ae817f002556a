namespace VecStore;

/// <summary>The files of the project itself, and the real data beside it. Compiled into every project of tests.</summary>
internal static class Checkout
{
    /// <summary>The folder of VecStore.sln.</summary>
    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static IEnumerable<string> Files(string folder, string pattern) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    /// <summary>A file of the real data: in the folder that VECSTORE_SHARED names, else in <c>shared</c> beside the checkout. Without it the test is skipped, saying so.</summary>
    public static string Shared(string path)
    {
        string? folder = Environment.GetEnvironmentVariable("VECSTORE_SHARED");
        if (string.IsNullOrEmpty(folder)) folder = Path.GetFullPath(Path.Combine(Root, "..", "shared"));
        Assert.SkipUnless(Directory.Exists(folder), "the folder 'shared' is not beside the checkout and VECSTORE_SHARED names none");
        string file = Path.Combine(folder, path);
        Assert.SkipUnless(File.Exists(file), $"{file} is missing");
        return file;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "VecStore.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"VecStore.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
