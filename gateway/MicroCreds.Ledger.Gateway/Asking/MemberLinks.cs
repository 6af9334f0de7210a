using System.Net;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Asking;

/// <summary>
/// Follows a link of another member's gateway, and of nobody else's: asks there for what the link shows, within a time
/// and a size, and follows no further. What comes is no more than a file, to be verified as any. Thread-safe.
/// </summary>
public sealed class MemberLinks : IDisposable
{
    /// <summary>How long a member's gateway may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>The largest answer, in bytes: as large as a credential may be.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>How many are asked at a time: anybody can have one asked.</summary>
    private const int MaxAtATime = 4;

    private static readonly string[] MediaTypes = [CredentialNegotiation.SdJwtVc];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _places = new(MaxAtATime);
    private readonly SafeFetcher _public = new(new FetchOptions { MaxBytes = MaxBytes, Timeout = Timeout });

    // Whoever runs this gateway named these addresses, wherever they lie.
    private readonly SafeFetcher _named = new(new FetchOptions
    {
        MaxBytes = MaxBytes,
        Timeout = Timeout,
        AllowHttp = true,
        AllowedNetworks = [new IPNetwork(IPAddress.Any, 0), new IPNetwork(IPAddress.IPv6Any, 0)],
    });

    /// <summary>Asks for what a link shows.</summary>
    /// <param name="gateway">Whose it is.</param>
    /// <param name="link">What it leads to: a share, or a credential by its identifier.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal async Task<MemberAnswer> AskAsync(
        FoundGateway gateway, CredentialLink link, CancellationToken cancellationToken)
    {
        if (KeyOf(link) is not { } key) return new MemberAnswer(null, "memberUnknown");
        if (!await _places.WaitAsync(Patience, cancellationToken)) return new MemberAnswer(null, "memberBusy");
        try
        {
            var address = new Uri(
                $"{gateway.Address.AbsoluteUri.TrimEnd('/')}{LearnerPages.SharedAddress}/{key}/credential");
            byte[] answer = await (gateway.IsNamed ? _named : _public)
                .FetchAsync(address, MediaTypes, cancellationToken);
            return OwnMark.IsIn(answer) ? new MemberAnswer(answer, null) : new MemberAnswer(null, "memberWrong");
        }
        catch (FetchException fault)
        {
            return new MemberAnswer(
                null, fault.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone ? "memberUnknown" : "memberAway");
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>What stands in the address: a secret, or the UUID of an identifier; nothing of a place.</summary>
    private static string? KeyOf(CredentialLink link)
    {
        const string Urn = "urn:uuid:";
        if (link.Target == LinkTarget.Share) return LearnerSecret.IsOne(link.Value) ? link.Value : null;
        string id = link.Value.StartsWith(Urn, StringComparison.Ordinal) ? link.Value[Urn.Length..] : link.Value;
        return Guid.TryParseExact(id, "D", out var uuid) ? uuid.ToString() : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _places.Dispose();
        _public.Dispose();
        _named.Dispose();
    }
}

/// <summary>What a member's gateway gave.</summary>
/// <param name="Document">The credential as far as the link shows it; absent if there is none.</param>
/// <param name="Refusal">Why there is none, as a key of the texts under <c>refusal</c>.</param>
internal sealed record MemberAnswer(byte[]? Document, string? Refusal);
