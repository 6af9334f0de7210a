namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Orders strings by their UTF-8 bytes, as Go sorts them and LevelDB keeps them.</summary>
/// <remarks>
/// UTF-16's own order differs where surrogates (U+10000 and beyond) meet U+E000 to U+FFFF: a surrogate unit is smaller,
/// its UTF-8 form is larger.
/// </remarks>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    public int Compare(string? x, string? y)
    {
        int common = Math.Min(x!.Length, y!.Length);
        for (int i = 0; i < common; i++)
        {
            char a = x[i], b = y[i];
            if (a != b)
            {
                return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
            }
        }

        return x.Length.CompareTo(y.Length);
    }
}
