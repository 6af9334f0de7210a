namespace MicroCreds.Ledger.Log.Filters;

/// <summary>Keeps in memory what was noted. Not thread-safe.</summary>
public sealed class RememberedPlaces : IStatusPlaces
{
    private readonly Dictionary<string, List<PlacedIssuance>> _issuances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<int, SaidStatus>> _said = new(StringComparer.Ordinal);

    /// <summary>All issuances.</summary>
    public IEnumerable<PlacedIssuance> Issuances => _issuances.Values.SelectMany(one => one);

    /// <summary>All that was said last.</summary>
    public IEnumerable<SaidStatus> Said => _said.Values.SelectMany(one => one.Values);

    /// <inheritdoc/>
    public IEnumerable<PlacedIssuance> IssuancesAt(byte[] place) =>
        _issuances.TryGetValue(Convert.ToHexString(place), out var found) ? found : [];

    /// <inheritdoc/>
    public IEnumerable<PlacedIssuance> IssuancesBy(string mspId, string keyId) =>
        Issuances.Where(one => one.MspId == mspId && one.KeyId == keyId);

    /// <inheritdoc/>
    public SaidStatus? FindSaid(byte[] place, int index) =>
        _said.TryGetValue(Convert.ToHexString(place), out var found) ? found.GetValueOrDefault(index) : null;

    /// <inheritdoc/>
    public IEnumerable<SaidStatus> SaidAt(byte[] place) =>
        _said.TryGetValue(Convert.ToHexString(place), out var found) ? found.Values : [];

    /// <inheritdoc/>
    public IEnumerable<SaidStatus> ReinstatedBy(string mspId, string keyId) =>
        Said.Where(one => one.IsInForce && one.MspId == mspId && one.KeyId == keyId);

    /// <inheritdoc/>
    public void Add(PlacedIssuance issuance)
    {
        ArgumentNullException.ThrowIfNull(issuance);
        string place = Convert.ToHexString(issuance.Place);
        if (_issuances.TryGetValue(place, out var known)) known.Add(issuance);
        else _issuances[place] = [issuance];
    }

    /// <inheritdoc/>
    public void Put(SaidStatus said)
    {
        ArgumentNullException.ThrowIfNull(said);
        string place = Convert.ToHexString(said.Place);
        if (!_said.TryGetValue(place, out var known)) _said[place] = known = [];
        known[said.Index] = said;
    }
}
