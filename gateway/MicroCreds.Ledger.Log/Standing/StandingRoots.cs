using System.Globalization;
using MicroCreds.Ledger.Log.Notes;

namespace MicroCreds.Ledger.Log.Standing;

/// <summary>
/// What a log of a size says of credentials and issuers: the roots of both standing trees. They stand in the log's head
/// behind its own root, so that who signs the head as a note signs them, too.
/// </summary>
/// <param name="Credentials">Of how many credentials something was said.</param>
/// <param name="CredentialsRoot">The root of their tree.</param>
/// <param name="Issuers">Of how many institutions something was said.</param>
/// <param name="IssuersRoot">The root of their tree.</param>
public sealed record StandingRoots(
    long Credentials, ReadOnlyMemory<byte> CredentialsRoot, long Issuers, ReadOnlyMemory<byte> IssuersRoot)
{
    private const string CredentialsLine = "credentials";
    private const string IssuersLine = "issuers";

    /// <summary>Those of a log in which nothing was said.</summary>
    public static StandingRoots None { get; } = new(0, StandingNode.Empty.ToArray(), 0, StandingNode.Empty.ToArray());

    /// <summary>Writes the lines of a head.</summary>
    public IReadOnlyList<string> ToLines() =>
    [
        Line(CredentialsLine, Credentials, CredentialsRoot), Line(IssuersLine, Issuers, IssuersRoot),
    ];

    /// <summary>Reads them from a head.</summary>
    /// <exception cref="FormatException">Its lines are others.</exception>
    public static StandingRoots Of(LogHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        return head.Extensions is [var credentials, var issuers]
            && TryRead(credentials, CredentialsLine, out long ofCredentials, out byte[] credentialsRoot)
            && TryRead(issuers, IssuersLine, out long ofIssuers, out byte[] issuersRoot)
            ? new StandingRoots(ofCredentials, credentialsRoot, ofIssuers, issuersRoot)
            : throw new FormatException(
                $"Behind the root of a ledger's log two lines are due, {CredentialsLine} and {IssuersLine}, each with "
                + "a number and base64 of 32 bytes.");
    }

    private static string Line(string name, long count, ReadOnlyMemory<byte> root) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} {count} {Convert.ToBase64String(root.Span)}");

    private static bool TryRead(string line, string name, out long count, out byte[] root)
    {
        (count, root) = (0, []);
        return line.Split(' ') is [var word, var number, var base64] && word == name
            && LogHead.TryParseSize(number, out count) && NoteBase64.TryDecodeHash(base64, out root);
    }
}
