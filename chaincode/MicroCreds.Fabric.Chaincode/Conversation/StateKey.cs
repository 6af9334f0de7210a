using System.Text;
using MicroCreds.Fabric.Chaincode.Text;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>Checks keys before they go to the peer.</summary>
internal static class StateKey
{
    /// <summary>U+0001: the first key after those of composite keys, which an open range of simple keys starts at.
    /// </summary>
    private const string FirstSimpleKey = "\u0001";

    /// <summary>
    /// Refuses text that is empty or without a UTF-8 form: replacing what is wrong would make two keys one.
    /// </summary>
    /// <exception cref="StateArgumentException">The text is empty, or holds a lone surrogate.</exception>
    public static string Checked(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        if (text.Length == 0)
        {
            throw new StateArgumentException($"The {name} is empty: give at least one character.");
        }

        try
        {
            StrictUtf8.Encoding.GetByteCount(text);
            return text;
        }
        catch (EncoderFallbackException e)
        {
            throw new StateArgumentException(
                $"The {name} holds a lone surrogate at position {e.Index}: it has no UTF-8 form.", e);
        }
    }

    /// <summary>Returns the bounds of a range of simple keys; an empty start or end leaves it open.</summary>
    public static (string Start, string End) Range(string startKey, string endKey)
    {
        ArgumentNullException.ThrowIfNull(startKey);
        ArgumentNullException.ThrowIfNull(endKey);
        return (
            startKey.Length == 0 ? FirstSimpleKey : CheckedSimple(startKey, nameof(startKey)),
            endKey.Length == 0 ? string.Empty : CheckedSimple(endKey, nameof(endKey)));
    }

    private static string CheckedSimple(string key, string name) =>
        CompositeKey.IsComposite(key)
            ? throw new StateArgumentException(
                $"The {name} starts with U+0000, which only composite keys do: query them by partial composite key.")
            : Checked(key, name);
}
