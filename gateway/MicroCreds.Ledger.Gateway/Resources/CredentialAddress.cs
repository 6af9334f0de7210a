using System.Buffers;
using System.Globalization;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>
/// How addresses name a credential: by the UUID of its identifier, with or without <c>urn:uuid:</c>, or by its place on
/// the ledger, <c>mspId.root.index</c>, which works for every institution's credentials; this gateway's own may leave
/// the institution out.
/// </summary>
/// <param name="MspId">The institution that anchored it; absent where it is this gateway's own.</param>
/// <param name="Root">The issuance's root.</param>
/// <param name="Index">The index in its tree.</param>
/// <param name="Document">The document, if this gateway issued it.</param>
public sealed record CredentialAddress(string? MspId, string Root, int Index, StoredDocument? Document)
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
        if (TryReadPlace(text, out string? mspId, out string root, out int index))
        {
            reason = "";
            var there = documents.Find(root, index);
            return new CredentialAddress(
                mspId, root, index, there?.State == IssuanceState.Issued ? there.Document : null);
        }

        string uuid = text.StartsWith(Urn, StringComparison.Ordinal) ? text[Urn.Length..] : text;
        if (!Guid.TryParseExact(uuid, "D", out var id) || documents.Find(id) is not { } found)
        {
            reason = "This gateway did not issue a credential of this id. Another institution's is named by its place "
                + "on the ledger, mspId.root.index.";
            return null;
        }

        if (found.State != IssuanceState.Issued)
        {
            reason = "The credential is not on the ledger yet: its batch is still being issued.";
            return null;
        }

        reason = "";
        return new CredentialAddress(MspId: null, found.Root!, found.Document.Leaf, found.Document);
    }

    /// <summary>Reads a place from its end, since an institution's name may hold dots.</summary>
    private static bool TryReadPlace(string text, out string? mspId, out string root, out int index)
    {
        (mspId, root, index) = (null, "", 0);
        int last = text.LastIndexOf('.');
        int start = last - RootLength;
        if (start < 0 || start == 1 || (start > 1 && text[start - 1] != '.'))
            return false;
        root = text[start..last];
        mspId = start == 0 ? null : text[..(start - 1)];
        return !root.AsSpan().ContainsAnyExcept(HexDigits)
            && int.TryParse(text.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && index < Limits.MaxIssuanceSize;
    }
}
