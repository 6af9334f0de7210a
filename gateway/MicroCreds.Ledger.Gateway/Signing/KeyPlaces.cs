using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Keys.AwsKms;
using MicroCreds.Ledger.Keys.Pkcs11;

namespace MicroCreds.Ledger.Gateway.Signing;

/// <summary>
/// The token and the key service that the settings name, opened, with the keys of the Fabric identities that lie there.
/// Thread-safe.
/// </summary>
public sealed class KeyPlaces : IAsyncDisposable
{
    private readonly Dictionary<string, IPlacedKey> _keys = new(StringComparer.Ordinal);
    private readonly List<IKeyPlace> _places = [];

    private KeyPlaces()
    {
    }

    /// <summary>Where issuer keys are made and lie; null if in files.</summary>
    public IKeyPlace? Issuers { get; private set; }

    /// <summary>Opens what is named, and finds the Fabric identities' keys.</summary>
    /// <exception cref="OptionsException">
    /// A place cannot be used, or has no such key: nothing would work without it.
    /// </exception>
    public static async Task<KeyPlaces> OpenAsync(GatewayServiceOptions options)
    {
        var places = new KeyPlaces();
        try
        {
            await places.OpenAllAsync(options);
            return places;
        }
        catch (KeyUnavailableException exception)
        {
            await places.DisposeAsync();
            throw new OptionsException([exception.Message]);
        }
    }

    /// <summary>Gives the key that a setting names; null if it names a file.</summary>
    /// <param name="setting">The setting's value.</param>
    public IPlacedKey? Find(string setting) => _keys.GetValueOrDefault(setting);

    public async ValueTask DisposeAsync()
    {
        foreach (var place in _places)
            await place.DisposeAsync();
        _places.Clear();
    }

    private async Task OpenAllAsync(GatewayServiceOptions options)
    {
        var settings = options.KeyPlaces;
        string[] named =
        [
            .. new[] { options.UserKey, options.AdminKey }.OfType<string>().Where(KeyPlaceOptions.IsPlaced).Distinct(),
        ];
        Pkcs11Token? token = null;
        AwsKmsKeys? kms = null;
        if (settings.Token is { } tokenOptions)
            _places.Add(token = await Pkcs11Token.OpenAsync(tokenOptions, CancellationToken.None));
        if (settings.Issuers == IssuerKeyPlace.AwsKms || named.Any(IsAwsKms))
            _places.Add(kms = new AwsKmsKeys(settings.AwsKms));
        foreach (string key in named)
        {
            _keys[key] = IsAwsKms(key)
                ? await kms!.FindAsync(key[KeyPlaceOptions.AwsKmsScheme.Length..], CancellationToken.None)
                : await token!.FindAsync(TokenKeyAddress.LabelOf(key), CancellationToken.None);
        }

        Issuers = settings.Issuers switch
        {
            IssuerKeyPlace.Token => token,
            IssuerKeyPlace.AwsKms => kms,
            _ => null,
        };
    }

    private static bool IsAwsKms(string key) =>
        key.StartsWith(KeyPlaceOptions.AwsKmsScheme, StringComparison.Ordinal);
}
