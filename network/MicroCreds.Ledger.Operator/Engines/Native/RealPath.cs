namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>Where a path leads when all links on the way are followed, whether there is something or not.</summary>
internal static class RealPath
{
    public static string Of(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
        {
            return full;
        }

        string here = Path.Combine(Of(parent), Path.GetFileName(full));
        var entry = new FileInfo(here);
        return entry.LinkTarget is null ? here : entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }
}
