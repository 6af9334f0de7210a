using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Shapes;

/// <summary>
/// What standards' authors publish to check documents by. Their licences let anybody use it, and it is no part of this
/// repository: it lies in a folder that <c>SHAPES_SCHEMAS</c> names, or beside the repository in shared/data.
/// </summary>
internal static class PublishedSchemas
{
    private const string Variable = "SHAPES_SCHEMAS";

    /// <summary>The folder of a standard; skips the test, and says what it lacks, where there is none.</summary>
    /// <param name="standard">Its name, such as <c>elmo-1.7</c>.</param>
    /// <param name="file">A file of it.</param>
    public static string FolderOrSkip(string standard, string file)
    {
        string? folder = Find(standard, file);
        Assert.SkipWhen(
            folder is null,
            $"{standard}/{file} is neither below {Variable} nor in ../shared/data, beside the repository.");
        return folder!;
    }

    /// <summary>The folder of a standard; nothing where there is none.</summary>
    public static string? Find(string standard, string file)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return File.Exists(Path.Combine(named, standard, file)) ? Path.Combine(named, standard) : null;
        for (var folder = Directory.GetParent(Repository.Root); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared/data", standard);
            if (File.Exists(Path.Combine(path, file))) return path;
        }

        return null;
    }
}
