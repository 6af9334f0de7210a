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
    private const string TokenListType = "statuslist+jwt";
    private const string ListTypeName = "BitstringStatusList";
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
            var entries = EntriesOf(piece);
            if (entries.Count == 0) return ForeignStatus.None;
            var worst = ForeignStatusOutcome.InForce;
            foreach (var entry in entries.Take(MaxEntries))
            {
                var found = await LookAsync(entry, signature.Signer!, cancellationToken);
                if (found > worst) worst = found;
            }

            return worst == ForeignStatusOutcome.InForce && entries.Count > MaxEntries
                ? ForeignStatus.NotKnown($"It names more than the {MaxEntries} lists that are looked at.")
                : new ForeignStatus(worst, ForeignStatus.DetailOf(worst));
        }
        catch (Exception e) when (e is FetchException or StatusListException)
        {
            return ForeignStatus.NotKnown(ClaimedText.Of(e.Message) ?? "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException or OverflowException or ArgumentException)
        {
            // A member is missing, of another kind, or a number that nothing has.
            return ForeignStatus.NotKnown("Its place in a status list, or the list itself, cannot be read.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _fetches.Dispose();
        lists?.Dispose();
    }

    private async Task<ForeignStatusOutcome> LookAsync(
        Entry entry, string signer, CancellationToken cancellationToken)
    {
        byte[] list = await FetchAsync(entry, cancellationToken);
        var signature = await signatures.CheckAsync(list, cancellationToken);
        if (signature.Outcome != ForeignSignatureOutcome.Holds || signature.Signer != signer)
        {
            throw new StatusListException(
                StatusListFault.NotSigned, "The status list is not proven to be of who signed the credential.");
        }

        if (entry.Purpose is null && !IsStatusListToken(list))
        {
            throw new StatusListException(
                StatusListFault.Malformed, $"What lies there is no token of the type {TokenListType}.");
        }

        using var claims = JsonDocument.Parse(ForeignToken.ClaimsOf(list));
        return entry.Purpose is null ? StatusAt(claims.RootElement, entry) : BitAt(claims.RootElement, entry);
    }

    // By its type alone it is told from other tokens of its signer's, which might say something else there.
    private static bool IsStatusListToken(byte[] list)
    {
        byte[] header = list[..Math.Max(0, Array.IndexOf(list, (byte)'.'))];
        if (!StrictBase64Url.TryDecode(header, out byte[] head)) return false;
        using var said = JsonDocument.Parse(head);
        return said.RootElement.TryGetProperty("typ", out var type) && type.ValueEquals(TokenListType);
    }

    private async Task<byte[]> FetchAsync(Entry entry, CancellationToken cancellationToken)
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

    private ForeignStatusOutcome StatusAt(JsonElement claims, Entry entry)
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

    private ForeignStatusOutcome BitAt(JsonElement list, Entry entry)
    {
        var subject = list.GetProperty("credentialSubject");
        if (list.GetProperty("id").GetString() != entry.Url)
            throw new StatusListException(StatusListFault.OtherList, "What lies there is another status list.");
        if (subject.GetProperty("type").GetString() != ListTypeName)
            throw new StatusListException(StatusListFault.Malformed, $"What lies there is no {ListTypeName}.");
        if (subject.GetProperty("statusPurpose").GetString() != entry.Purpose)
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

    private static List<Entry> EntriesOf(ReadOnlyMemory<byte> piece)
    {
        using var document = JsonDocument.Parse(ForeignToken.ClaimsOf(piece));
        var root = document.RootElement;
        var entries = new List<Entry>();
        if (root.ValueKind != JsonValueKind.Object) return entries;

        // A place that cannot be read is no place where nothing is said.
        if (root.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Object
            && status.TryGetProperty("status_list", out var list))
            entries.Add(new Entry(list.GetProperty("uri").GetString()!, list.GetProperty("idx").GetInt32(), null));
        var credential = root.TryGetProperty("vc", out var inside) ? inside : root;
        if (credential.ValueKind == JsonValueKind.Object
            && credential.TryGetProperty(CredentialVocabulary.StatusMember, out var named))
        {
            entries.AddRange(named.ValueKind == JsonValueKind.Array
                ? named.EnumerateArray().Select(EntryOf).OfType<Entry>()
                : new[] { EntryOf(named) }.OfType<Entry>());
        }

        return entries;
    }

    // What says something else of a credential than whether it stands is none of these.
    private static Entry? EntryOf(JsonElement entry)
    {
        if (entry.GetProperty("type").GetString() != StatusListEntry.TypeName)
        {
            throw new StatusListException(
                StatusListFault.Malformed, "It has a status of a kind that is not known here.");
        }

        string? purpose = entry.GetProperty("statusPurpose").GetString();
        if (purpose is not (StatusPurpose.Revocation or StatusPurpose.Suspension)) return null;

        // With several bits for each place, what stands at ours is something else's.
        if (entry.TryGetProperty("statusSize", out var size)
            && !(size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out int bits) && bits == 1))
        {
            throw new StatusListException(
                StatusListFault.Malformed, "Its status list has more than one bit for each credential.");
        }

        var index = entry.GetProperty("statusListIndex");
        return new Entry(
            entry.GetProperty("statusListCredential").GetString()!,
            index.ValueKind == JsonValueKind.Number
                ? index.GetInt32()
                : int.Parse(
                    index.GetString()!, System.Globalization.NumberStyles.None,
                    System.Globalization.CultureInfo.InvariantCulture),
            purpose);
    }

    private static long Whole(JsonElement seconds) =>
        seconds.TryGetInt64(out long whole) ? whole : (long)seconds.GetDouble();

    /// <summary>A place in a list; of the IETF's if it has no purpose.</summary>
    private sealed record Entry(string Url, int Index, string? Purpose);
}
