using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// The institution's private keys that this gateway has, in files of their own, in a token or with a key service. Which
/// of them signs is what the ledger says: the one registered last that is not withdrawn. Thread-safe.
/// </summary>
public sealed class IssuerKeys : IDisposable
{
    private const string Folder = "keys";

    private readonly Lock _turn = new();
    private readonly GatewayServiceOptions _options;
    private readonly string _directory;
    private readonly IKeyPlace? _place;
    private volatile IssuerKey[] _keys = [];

    private IssuerKeys(GatewayServiceOptions options, IKeyPlace? place) =>
        (_options, _directory, _place) = (options, Path.Combine(options.DataDirectory, Folder), place);

    /// <summary>The keys, the newest last.</summary>
    public IReadOnlyList<IssuerKey> All => _keys;

    /// <summary>Finds the keys; makes the first one if there is none where keys are made.</summary>
    /// <exception cref="OptionsException">A file holds no usable key, or the place of the keys cannot be used.
    /// </exception>
    public static async Task<IssuerKeys> OpenAsync(GatewayServiceOptions options, KeyPlaces places)
    {
        var keys = new IssuerKeys(options, places.Issuers);
        Directory.CreateDirectory(keys._directory);
        try
        {
            await keys.LookAgainAsync(CancellationToken.None);
            if (!Array.Exists(keys._keys, keys.IsMadeHere))
                await keys.CreateAsync(institution: null, CancellationToken.None);
            return keys;
        }
        catch (KeyUnavailableException exception)
        {
            keys.Dispose();
            throw new OptionsException([exception.Message]);
        }
    }

    /// <summary>Finds the keys that others have made since: another gateway, or an operator.</summary>
    /// <exception cref="KeyUnavailableException">The place of the keys cannot be used now.</exception>
    public async Task LookAgainAsync(CancellationToken cancellationToken)
    {
        string[] files =
        [
            .. Directory.GetFiles(_directory, "*.pem")
                .Where(file => !file.EndsWith(MlDsaHalf.Extension, StringComparison.Ordinal))
                .OrderBy(File.GetCreationTimeUtc),
        ];
        if (_options.IssuerKeyFile is not null)
            files = [_options.IssuerKeyFile, .. files];
        foreach (string file in files)
            Add(Read(file));
        if (_place is null)
            return;
        foreach (var key in await _place.ListAsync(_options.KeyPlaces.IssuerLabel, cancellationToken))
            Add(IssuerKey.Of(new PlacedIssuerSigner(key)));
    }

    /// <summary>
    /// Makes a key and stores it, with a half of ML-DSA-44 where the settings or the ledger ask for one; the ledger
    /// does not know it yet.
    /// </summary>
    /// <param name="institution">The institution as it stands; none before it is on the ledger.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="KeyUnavailableException">The place of the keys makes none now.</exception>
    public async Task<IssuerKey> CreateAsync(Institution? institution, CancellationToken cancellationToken)
    {
        bool hasMlDsa = IsMlDsaDue(institution);
        if (_place is not null)
        {
            var kind = _options.IssuerKeyAlgorithm == KeyAlgorithm.P256 ? KeyKind.P256 : KeyKind.Ed25519;
            var placed = IssuerKey.Of(new PlacedIssuerSigner(
                await _place.CreateAsync(_options.KeyPlaces.IssuerLabel, kind, cancellationToken)));
            if (hasMlDsa) MlDsaHalf.Make(FileOf(placed));
            return Add(placed);
        }

        var made = IssuerPrivateKey.Generate(_options.IssuerKeyAlgorithm);
        var key = IssuerKey.Of(made);
        if (hasMlDsa) MlDsaHalf.Make(FileOf(key));
        PrivateFile.Write(FileOf(key), Encoding.ASCII.GetBytes(made.ToPem()));
        return Add(key);
    }

    /// <summary>
    /// Whether a key that signs now is here, one with a half of ML-DSA-44 where the settings ask for it.
    /// </summary>
    public bool IsServed(Institution institution) =>
        FindActive(institution) is { } active
        && (!_options.MlDsa.IsOwn() || active.Registered.MlDsaMultibase is not null);

    /// <summary>
    /// Signs the statement that registers a key, by itself, and by an earlier one where its half of ML-DSA-44 must.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="ledger">The ledger's name.</param>
    /// <param name="institution">The institution as it stands; none before it is on the ledger.</param>
    /// <exception cref="ProblemException">The half that must countersign is not here.</exception>
    public async Task<SignedStatement<KeyStatement>> SignRegistrationAsync(
        IssuerKey key, string ledger, Institution? institution)
    {
        bool isHeld = institution is not null && KeyRatchet.IsHeld(institution.Keys);
        var by = isHeld && key.MlDsa is not null ? RequireCountersigner(institution!) : null;
        var statement = new KeyStatement
        {
            Ledger = ledger,
            MspId = _options.MspId,
            KeyId = key.Id,
            PublicKeyMultibase = key.Signer.PublicKeyMultibase,
            MlDsaMultibase = key.MlDsa?.PublicKey.PublicKeyMultibase,
            CountersignedBy = by?.Id,
            Purpose = KeyPurpose.IsForLog(key.Id) ? KeyPurpose.Log : null,
        };
        byte[] bytes = Statements.BytesToSign(statement);
        byte[] own = await key.SignBytesAsync(bytes);
        return new SignedStatement<KeyStatement>(
            statement, Statements.EncodeSignature(by is null ? own : [.. own, .. by.MlDsa!.Sign(bytes)]));
    }

    private IssuerKey RequireCountersigner(Institution institution) => institution.IssuerKeys
        .Where(one => one is { MlDsaMultibase: not null, RevokedAt: null, CompromisedSince: null })
        .Select(Find).LastOrDefault(one => one is not null)
        ?? throw new ProblemException(
            ProblemKind.NotReady,
            $"A new key of {institution.MspId} must be countersigned by the half of ML-DSA-44 of an earlier one, and "
            + $"none of those in force is here: put its file, KEY{MlDsaHalf.Extension}, back into the folder "
            + $"{Folder} of the data directory, or copy both of its files from the gateway that has them.");

    /// <summary>
    /// Tells whether a new key must have a half of ML-DSA-44: asked for here, or since one on the ledger has.
    /// </summary>
    public bool IsMlDsaDue(Institution? institution) =>
        _options.MlDsa.IsOwn() || (institution is not null && KeyRatchet.IsHeld(institution.Keys));

    private string FileOf(IssuerKey key) => Path.Combine(_directory, key.Id + ".pem");

    /// <summary>Finds the key that signs now: the last registered one that is here and not withdrawn.</summary>
    public (IssuerKey Key, SigningKey Registered)? FindActive(Institution? institution)
    {
        for (int i = (institution?.Keys.Count ?? 0) - 1; i >= 0; i--)
        {
            var registered = institution!.Keys[i];
            if (registered.RevokedAt is null && Find(registered) is { } key)
                return (key, registered);
        }

        return null;
    }

    /// <summary>Finds a certain key, if it is here and not withdrawn.</summary>
    public (IssuerKey Key, SigningKey Registered)? FindInForce(Institution? institution, string keyId) =>
        institution?.Keys.FirstOrDefault(registered => registered.Id == keyId) is { RevokedAt: null } registered
        && Find(registered) is { } key
            ? (key, registered)
            : null;

    /// <summary>Whether the key that was registered last is here; another gateway may have made it.</summary>
    public bool HasNewestOf(Institution institution) =>
        institution.IssuerKeys.LastOrDefault(registered => registered.RevokedAt is null) is not { } newest
        || Find(newest) is not null;

    /// <summary>Finds a key where keys are made that the ledger does not know, the newest first.</summary>
    public IssuerKey? FindUnregistered(Institution institution) => _keys.LastOrDefault(
        key => IsMadeHere(key) && (key.MlDsa is not null || !IsMlDsaDue(institution))
            && institution.Keys.All(registered => registered.PublicKeyMultibase != key.Signer.PublicKeyMultibase));

    public void Dispose()
    {
        foreach (var key in _keys)
            (key.Signer as IDisposable)?.Dispose();
    }

    /// <summary>
    /// Whether a key lies where new ones are made: one in a file is not brought to the ledger any more once keys are
    /// made in a token.
    /// </summary>
    private bool IsMadeHere(IssuerKey key) => _place is null || key.Signer is PlacedIssuerSigner;

    private IssuerKey Add(IssuerKey key)
    {
        var half = MlDsaHalf.Find(FileOf(key));
        lock (_turn)
        {
            int place = Array.FindIndex(
                _keys, one => one.Signer.PublicKeyMultibase == key.Signer.PublicKeyMultibase);
            if (place < 0)
            {
                _keys = [.. _keys, key with { MlDsa = half }];
                return _keys[^1];
            }

            // The half may have been put there since.
            (key.Signer as IDisposable)?.Dispose();
            if (_keys[place].MlDsa is null && half is not null)
                _keys = [.. _keys[..place], _keys[place] with { MlDsa = half }, .. _keys[(place + 1)..]];
            return _keys[place];
        }
    }

    private static IssuerKey Read(string file)
    {
        try
        {
            return IssuerKey.Of(IssuerPrivateKey.FromPem(File.ReadAllText(file)));
        }
        catch (FormatException exception)
        {
            throw new OptionsException([$"The issuer key {file}: {exception.Message}"]);
        }
    }

    /// <summary>
    /// Finds a key as the ledger has it: with its half of ML-DSA-44, or without, whatever lies beside it.
    /// </summary>
    private IssuerKey? Find(SigningKey registered)
    {
        var key = Array.Find(_keys, one => one.Signer.PublicKeyMultibase == registered.PublicKeyMultibase);
        if (key is null || registered.MlDsaMultibase == key.MlDsa?.PublicKey.PublicKeyMultibase) return key;
        return registered.MlDsaMultibase is null ? key with { MlDsa = null } : null;
    }
}

/// <summary>A private key and the name it is registered under.</summary>
/// <param name="Id">The name: made from the public key, so that it is the same wherever the key lies.</param>
/// <param name="Signer">Signs with it.</param>
public sealed record IssuerKey(string Id, IIssuerSigner Signer)
{
    private const int IdBytes = 4;

    /// <summary>Its half of ML-DSA-44. Default is none.</summary>
    public MlDsaPrivateKey? MlDsa { get; init; }

    /// <param name="key">The key.</param>
    /// <param name="prefix">What its name begins with: <see cref="KeyPurpose.LogPrefix"/> for one of the log.</param>
    public static IssuerKey Of(IIssuerSigner key, string prefix = "key-")
    {
        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes(key.PublicKeyMultibase));
        return new IssuerKey(prefix + Convert.ToHexStringLower(hash.AsSpan(0, IdBytes)), key);
    }

    /// <summary>Signs a statement, with each half of the key.</summary>
    public async ValueTask<SignedStatement<T>> SignAsync<T>(T statement)
        where T : class =>
        new(statement, Statements.EncodeSignature(await SignBytesAsync(Statements.BytesToSign(statement))));

    /// <summary>Signs a statement's bytes, with each half of the key, the elliptic one first.</summary>
    internal async ValueTask<byte[]> SignBytesAsync(byte[] message)
    {
        byte[] elliptic = await Signer.SignAsync(message);
        return MlDsa is null ? elliptic : [.. elliptic, .. MlDsa.Sign(message)];
    }
}
