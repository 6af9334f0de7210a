using System.Text;

namespace MicroCreds.Ledger.Model;

/// <summary>JSON pointers (RFC 6901), by which errors name their place.</summary>
public static class JsonPointer
{
    /// <summary>Escapes a member's name for a pointer.</summary>
    public static string Escape(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
    }

    /// <summary>
    /// Turns the path of a <see cref="System.Text.Json.JsonException"/> (<c>$.a[0]['b c']</c>) into a pointer.
    /// </summary>
    public static string FromJsonPath(string? path)
    {
        var pointer = new StringBuilder();
        for (int i = 1; path is not null && i < path.Length;)
        {
            bool quoted = path.AsSpan(i).StartsWith("['", StringComparison.Ordinal);
            int start = i + (quoted ? 2 : 1);
            int end = quoted ? path.IndexOf("']", start, StringComparison.Ordinal)
                : path[i] == '[' ? path.IndexOf(']', start)
                : path.AsSpan(start).IndexOfAny('.', '[') is var next && next >= 0 ? start + next : path.Length;
            if (end < 0) end = path.Length;

            pointer.Append('/').Append(Escape(path[start..end]));
            i = end + (quoted ? 2 : path[i] == '[' ? 1 : 0);
        }

        return pointer.ToString();
    }
}
