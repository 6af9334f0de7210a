using System.Buffers;
using System.Globalization;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>
/// How addresses name a credential: by the UUID of its identifier, with or without <c>urn:uuid:</c>, or by its place on
/// the ledger, <c>root.index</c>, which works for every institution's credentials.
/// </summary>
/// <param name="Root">The issuance's root.</param>
/// <param name="Index">The index in its tree.</param>
/// <param name="Document">The document, if this gateway issued it.</param>
public sealed record CredentialAddress(string Root, int Index, StoredDocument? Document)
{
    private const string Urn = "urn:uuid:";
    private const int RootLength = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The credential's own identifier, if this gateway issued it.</summary>
    public string? Id => Document is null ? null : Urn + Document.Id;

    /// <summary>Finds what an address names.</summary>
    /// <exception cref="ProblemException">It is no address, or this gateway has no such credential.</exception>
    public static CredentialAddress Resolve(string text, DocumentStore documents) =>
        TryResolve(text, documents, out string reason)
        ?? throw new ProblemException(ProblemKind.NotFound, reason);

    /// <summary>Finds what an address names, or says why not.</summary>
    public static CredentialAddress? TryResolve(string text, DocumentStore documents, out string reason)
    {
        if (TryReadPlace(text, out string root, out int index))
        {
            reason = "";
            var there = documents.Find(root, index);
            return new CredentialAddress(root, index, there?.State == IssuanceState.Issued ? there.Document : null);
        }

        string uuid = text.StartsWith(Urn, StringComparison.Ordinal) ? text[Urn.Length..] : text;
        if (!Guid.TryParseExact(uuid, "D", out var id) || documents.Find(id) is not { } found)
        {
            reason = "This gateway did not issue a credential of this id. Another institution's is named by its place "
                + "on "
                + "the ledger, root.index.";
            return null;
        }

        if (found.State != IssuanceState.Issued)
        {
            reason = "The credential is not on the ledger yet: its batch is still being issued.";
            return null;
        }

        reason = "";
        return new CredentialAddress(found.Root!, found.Document.Leaf, found.Document);
    }

    private static bool TryReadPlace(string text, out string root, out int index)
    {
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        root = dot < 0 ? "" : text[..dot];
        index = 0;
        return dot == RootLength
            && !root.AsSpan().ContainsAnyExcept(HexDigits)
            && int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && index < Limits.MaxIssuanceSize;
    }
}
