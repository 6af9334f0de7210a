using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>How the tables about wallets hold lists of words, and moments.</summary>
internal static class WalletWords
{
    /// <summary>Writes words, none of which has a space.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words);

    /// <summary>Reads words.</summary>
    public static IReadOnlyList<string> Split(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Reads a text that may be missing.</summary>
    public static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>Reads a moment that may be missing.</summary>
    public static DateTimeOffset? Moment(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
