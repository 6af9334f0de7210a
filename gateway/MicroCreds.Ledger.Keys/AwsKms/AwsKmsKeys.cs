using System.Net;
using System.Security.Cryptography;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace MicroCreds.Ledger.Keys.AwsKms;

/// <summary>
/// Keys with the AWS Key Management Service: P-256, each named by an alias. Keys of a label are those whose alias is
/// <c>alias/LABEL/…</c>. Thread-safe.
/// </summary>
public sealed class AwsKmsKeys : IKeyPlace
{
    private const string AliasPrefix = "alias/";
    private const int AliasBytes = 4;
    private const int PageSize = 100;
    private const int MaxRepetitions = 2;

    private readonly AmazonKeyManagementServiceClient _client;
    private readonly TimeSpan _timeout;

    /// <summary>Prepares the client; nothing is sent yet.</summary>
    /// <exception cref="KeyUnavailableException">No region is known.</exception>
    public AwsKmsKeys(AwsKmsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _timeout = options.Timeout;
        var settings = new AmazonKeyManagementServiceConfig
        {
            Timeout = options.Timeout,
            MaxErrorRetry = MaxRepetitions,
        };
        if (options.Region is { } region) settings.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        if (options.Endpoint is { } endpoint)
        {
            settings.ServiceURL = endpoint;
            settings.AuthenticationRegion = options.Region;
        }

        try
        {
            _client = new AmazonKeyManagementServiceClient(settings);
        }
        catch (AmazonClientException exception)
        {
            throw new KeyUnavailableException(
                $"AWS KMS cannot be called: {exception.Message} Name the region.", exception);
        }
    }

    /// <inheritdoc/>
    public string Name => "AWS KMS";

    /// <inheritdoc/>
    public async Task<IPlacedKey> FindAsync(string address, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            $"give the public key of {address}",
            token => _client.GetPublicKeyAsync(new GetPublicKeyRequest { KeyId = address }, token), cancellationToken)
            .ConfigureAwait(false);
        if (answer.KeyUsage != KeyUsageType.SIGN_VERIFY || PointOf(answer.PublicKey.ToArray()) is not { } point)
        {
            throw new KeyUnavailableException(
                $"The key {address} of AWS KMS is of another kind: take one of the spec ECC_NIST_P256 with the usage "
                + "SIGN_VERIFY.");
        }

        // By its id, not by the alias: an alias that is turned to another key must not change what signs.
        return new AwsKmsKey(this, address, answer.KeyId, point);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IPlacedKey>> ListAsync(string label, CancellationToken cancellationToken)
    {
        var found = new List<IPlacedKey>();
        string? marker = null;
        do
        {
            string? from = marker;
            var page = await CallAsync(
                "list its aliases",
                token => _client.ListAliasesAsync(new ListAliasesRequest { Limit = PageSize, Marker = from }, token),
                cancellationToken).ConfigureAwait(false);
            foreach (var alias in page.Aliases ?? [])
            {
                if (alias.AliasName.StartsWith($"{AliasPrefix}{label}/", StringComparison.Ordinal))
                    found.Add(await FindAsync(alias.AliasName, cancellationToken).ConfigureAwait(false));
            }

            marker = page.Truncated == true ? page.NextMarker : null;
        }
        while (marker is not null);

        return found;
    }

    /// <inheritdoc/>
    public async Task<IPlacedKey> CreateAsync(string label, KeyKind kind, CancellationToken cancellationToken)
    {
        if (kind != KeyKind.P256)
            throw new KeyUnavailableException($"AWS KMS is used for P256 keys here, not for {kind}.");
        var made = await CallAsync(
            "make a key",
            token => _client.CreateKeyAsync(
                new CreateKeyRequest
                {
                    Description = label,
                    KeySpec = KeySpec.ECC_NIST_P256,
                    KeyUsage = KeyUsageType.SIGN_VERIFY,
                },
                token),
            cancellationToken).ConfigureAwait(false);
        var key = await FindAsync(made.KeyMetadata.KeyId, cancellationToken).ConfigureAwait(false);
        byte[] hash = SHA256.HashData(key.PublicKey.Span);
        string alias = $"{AliasPrefix}{label}/{Convert.ToHexStringLower(hash.AsSpan(0, AliasBytes))}";
        await CallAsync(
            $"give the new key {made.KeyMetadata.KeyId} the alias {alias}",
            token => _client.CreateAliasAsync(
                new CreateAliasRequest { AliasName = alias, TargetKeyId = made.KeyMetadata.KeyId }, token),
            cancellationToken).ConfigureAwait(false);
        return key;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    internal async Task<byte[]> SignAsync(
        AwsKmsKey key, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        byte[] message = digest.ToArray();
        var answer = await CallAsync(
            $"sign with {key.Address}",
            token => _client.SignAsync(
                new SignRequest
                {
                    KeyId = key.Id,
                    Message = new MemoryStream(message),
                    MessageType = MessageType.DIGEST,
                    SigningAlgorithm = SigningAlgorithmSpec.ECDSA_SHA_256,
                },
                token),
            cancellationToken).ConfigureAwait(false);
        return DerSignature.ToFixedLength(answer.Signature.ToArray());
    }

    /// <summary>Reads a public key on P-256; null if it is another.</summary>
    private static byte[]? PointOf(byte[] publicKeyInfo)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKeyInfo, out _);
            var parameters = key.ExportParameters(includePrivateParameters: false);
            return parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
                ? [4, .. parameters.Q.X!, .. parameters.Q.Y!]
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private async Task<T> CallAsync<T>(
        string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_timeout);
        try
        {
            return await call(deadline.Token).ConfigureAwait(false);
        }
        catch (AmazonServiceException exception)
        {
            throw new KeyUnavailableException(
                $"AWS KMS did not {what}: it answered {exception.ErrorCode ?? "nothing"}. {MendOf(exception)}",
                exception);
        }
        catch (AmazonClientException exception)
        {
            throw new KeyUnavailableException(
                $"AWS KMS did not {what}: {exception.Message} Give the gateway credentials as the AWS SDK finds them.",
                exception);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && exception is HttpRequestException or OperationCanceledException or WebException)
        {
            throw new KeyUnavailableException(
                $"AWS KMS did not {what}: it cannot be reached. Check network and endpoint; the gateway goes on by "
                    + "itself once it answers.",
                exception);
        }
    }

    private static string MendOf(AmazonServiceException exception) => exception switch
    {
        NotFoundException => "There is no such key in this region and account: mend its name.",
        DisabledException => "Enable the key.",
        KMSInvalidStateException => "The key is waiting for its deletion, or not whole: cancel that, or take another.",
        LimitExceededException => "A quota of the account is used up: have it raised.",
        _ when exception.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden
            && exception.ErrorCode is "AccessDeniedException" or "UnrecognizedClientException"
                or "IncompleteSignature" or "InvalidClientTokenId" or "ExpiredTokenException" =>
            "Allow the gateway's role kms:GetPublicKey, kms:Sign, kms:ListAliases, kms:CreateKey and kms:CreateAlias.",
        _ => "The gateway goes on by itself once it answers.",
    };
}
