using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Credentials.StatusLists;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Looks up foreign credentials in the status lists that they name: the IETF's Token Status List as a JWT, and W3C's
/// Bitstring Status List as a VC-JWT or with a JCS suite. A list counts only if who signed the credential signed it,
/// too. Thread-safe.
/// </summary>
/// <param name="lists">What fetches lists; nothing where nothing may be fetched.</param>
/// <param name="signatures">What checks who signed them.</param>
/// <param name="time">What says what time it is.</param>
public sealed class ForeignStatuses(SafeFetcher? lists, ForeignSignatures signatures, TimeProvider time) : IDisposable
{
    /// <summary>The limits of fetching a list: one that is read at all is no larger.</summary>
    public static readonly FetchOptions Limits = new()
    {
        MaxBytes = StatusListReader.MaxDocumentBytes,
        Timeout = ForeignSignatures.KeysTimeout,
    };

    /// <summary>The most lists that one credential is looked up in.</summary>
    private const int MaxEntries = 4;

    /// <summary>How many lists are fetched at a time: anybody can ask for one.</summary>
    private const int MaxFetches = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);
    private static readonly string[] TokenTypes = [TokenStatusList.JwtMediaType];
    private static readonly string[] CredentialTypes =
        ["application/vc", "application/vc+jwt", "application/json;q=0.5"];

    private readonly SemaphoreSlim _fetches = new(MaxFetches);

    /// <summary>
    /// Looks a credential up whose signature holds. Never throws because of what it, or a list, holds.
    /// </summary>
    /// <param name="piece">The credential.</param>
    /// <param name="signature">What was found of its signature.</param>
    /// <param name="cancellationToken">Cancels the fetching.</param>
    public async ValueTask<ForeignStatus> CheckAsync(
        ReadOnlyMemory<byte> piece, ForeignSignature signature, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (signature.Outcome != ForeignSignatureOutcome.Holds) return ForeignStatus.None;
        try
        {
            using var document = JsonDocument.Parse(ForeignToken.ClaimsOf(piece));
            var (entries, fault) = ForeignStatusEntry.AllOf(document.RootElement);
            if (entries.Count == 0) return fault ?? ForeignStatus.None;

            // One list that cannot be read takes nothing from what another says.
            var worst = fault ?? (entries.Count > MaxEntries
                ? ForeignStatus.NotKnown($"It names more than the {MaxEntries} lists that are looked at.")
                : Of(ForeignStatusOutcome.InForce));
            foreach (var entry in entries.Take(MaxEntries))
            {
                var found = await LookAsync(entry, signature.Signer!, cancellationToken);
                if (found.Outcome > worst.Outcome) worst = found;
            }

            return worst;
        }
        catch (Exception e) when (ForeignStatus.After(e) is { } unknown)
        {
            return unknown;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _fetches.Dispose();
        lists?.Dispose();
    }

    private static ForeignStatus Of(ForeignStatusOutcome outcome) => new(outcome, ForeignStatus.DetailOf(outcome));

    private async Task<ForeignStatus> LookAsync(
        ForeignStatusEntry entry, string signer, CancellationToken cancellationToken)
    {
        try
        {
            return Of(await ReadAsync(entry, signer, cancellationToken));
        }
        catch (Exception e) when (ForeignStatus.After(e) is { } unknown)
        {
            return unknown;
        }
    }

    private async Task<ForeignStatusOutcome> ReadAsync(
        ForeignStatusEntry entry, string signer, CancellationToken cancellationToken)
    {
        byte[] list = await FetchAsync(entry, cancellationToken);
        var signature = await signatures.CheckAsync(list, cancellationToken);
        if (signature.Outcome != ForeignSignatureOutcome.Holds || signature.Signer != signer)
        {
            throw new StatusListException(
                StatusListFault.NotSigned, "The status list is not proven to be of who signed the credential.");
        }

        // By its type alone it is told from other tokens of its signer's, which might say something else there.
        if (entry.Purpose is null && ForeignToken.TypeOf(list) != TokenStatusList.JwtType)
        {
            throw new StatusListException(
                StatusListFault.Malformed, $"What lies there is no token of the type {TokenStatusList.JwtType}.");
        }

        using var claims = JsonDocument.Parse(ForeignToken.ClaimsOf(list));
        return entry.Purpose is null ? StatusAt(claims.RootElement, entry) : BitAt(claims.RootElement, entry);
    }

    private async Task<byte[]> FetchAsync(ForeignStatusEntry entry, CancellationToken cancellationToken)
    {
        if (lists is null) throw new FetchException("Status lists of others are not fetched from here.");
        if (!Uri.TryCreate(entry.Url, UriKind.Absolute, out var address))
            throw new FetchException("It names no address of a status list.");
        if (!await _fetches.WaitAsync(Patience, cancellationToken))
            throw new FetchException("The status list cannot be fetched now: too many are.");
        try
        {
            return await lists.FetchAsync(
                address, entry.Purpose is null ? TokenTypes : CredentialTypes, cancellationToken);
        }
        finally
        {
            _fetches.Release();
        }
    }

    private ForeignStatusOutcome StatusAt(JsonElement claims, ForeignStatusEntry entry)
    {
        if (claims.GetProperty("sub").GetString() != entry.Url)
            throw new StatusListException(StatusListFault.OtherList, "What lies there is another status list.");
        RequireFresh(claims.TryGetProperty("exp", out var end) ? DateTimeOffset.FromUnixTimeSeconds(Whole(end)) : null);

        // When it was made has to be said, and not to be to come.
        if (DateTimeOffset.FromUnixTimeSeconds(Whole(claims.GetProperty("iat"))) > time.GetUtcNow() + ClockSkew)
            throw new StatusListException(StatusListFault.Malformed, "The status list says to be made later than now.");
        var list = claims.GetProperty("status_list");
        if (!StrictBase64Url.TryDecode(Encoding.UTF8.GetBytes(list.GetProperty("lst").GetString()!), out byte[] packed))
            throw new StatusListException(StatusListFault.Malformed, "The status list is not base64url.");
        return TokenStatuses.Decode(packed, list.GetProperty("bits").GetInt32())[entry.Index] switch
        {
            TokenStatuses.Valid => ForeignStatusOutcome.InForce,
            TokenStatuses.Suspended => ForeignStatusOutcome.Suspended,
            TokenStatuses.Invalid => ForeignStatusOutcome.Revoked,
            _ => throw new StatusListException(
                StatusListFault.Malformed, "The status list says something that is not known here."),
        };
    }

    private ForeignStatusOutcome BitAt(JsonElement list, ForeignStatusEntry entry)
    {
        var subject = list.GetProperty("credentialSubject");
        if (list.GetProperty("id").GetString() != entry.Url)
            throw new StatusListException(StatusListFault.OtherList, "What lies there is another status list.");
        if (!JsonEnvelope.HasType(subject, StatusListCredential.SubjectType))
        {
            throw new StatusListException(
                StatusListFault.Malformed, $"What lies there is no {StatusListCredential.SubjectType}.");
        }

        // A list may be for several.
        if (!JsonEnvelope.IsOrHolds(subject.GetProperty("statusPurpose"), entry.Purpose!))
            throw new StatusListException(StatusListFault.OtherPurpose, "The status list is for another purpose.");
        RequireFresh(list.TryGetProperty("validUntil", out var end) ? end.GetDateTimeOffset() : null);
        if (!Bitstring.Decode(subject.GetProperty("encodedList").GetString()!)[entry.Index])
            return ForeignStatusOutcome.InForce;
        return entry.Purpose == StatusPurpose.Suspension
            ? ForeignStatusOutcome.Suspended
            : ForeignStatusOutcome.Revoked;
    }

    private void RequireFresh(DateTimeOffset? end)
    {
        if (time.GetUtcNow() >= end)
            throw new StatusListException(StatusListFault.Stale, "The status list was valid only until some time ago.");
    }

    private static long Whole(JsonElement seconds) =>
        seconds.TryGetInt64(out long whole) ? whole : (long)seconds.GetDouble();
}
