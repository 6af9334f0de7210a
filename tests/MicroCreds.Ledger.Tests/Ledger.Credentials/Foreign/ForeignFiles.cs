using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Foreign;

/// <summary>Files that are not of this consortium; each is called by what it is.</summary>
internal static class ForeignFiles
{
    private static readonly string Folder = Path.Combine(
        Repository.Root, "tests", "MicroCreds.Ledger.Tests", "Ledger.Credentials", "Foreign", "Files");

    public static TheoryData<string> All =>
        [.. Directory.GetFiles(Folder).Select(Path.GetFileName).OfType<string>().Order()];

    /// <summary>What the file is, by its name.</summary>
    public static string KindOf(string file) => file[..file.IndexOf("--", StringComparison.Ordinal)];

    public static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Folder, file));
}
