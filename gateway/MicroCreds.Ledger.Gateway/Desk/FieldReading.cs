using System.Globalization;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>Reads numbers as people write them, and gathers what cannot be read.</summary>
internal sealed class FieldReading
{
    private readonly List<FieldFault> _faults = [];

    public IReadOnlyList<FieldFault> Faults => _faults;

    public void Add(string place, string reason) => _faults.Add(new FieldFault(place, reason));

    /// <summary>A number, with a point or a comma; nothing where nothing stands.</summary>
    public double? Number(string place, string text)
    {
        if (text.Length == 0) return null;
        if (double.TryParse(
            text.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return number;
        Add(place, $"is \"{text}\": write a number, such as 5 or 2.5.");
        return null;
    }

    /// <summary>A whole number; nothing where nothing stands.</summary>
    public int? Whole(string place, string text)
    {
        if (text.Length == 0) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return number;
        Add(place, $"is \"{text}\": write a whole number.");
        return null;
    }
}
