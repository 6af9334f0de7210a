using Net.Pkcs11Interop.Common;

namespace MicroCreds.Ledger.Keys.Pkcs11;

/// <summary>Tells what a token's return code means.</summary>
internal static class Pkcs11Fault
{
    /// <summary>Whether the session, the token or the library is gone, and opening it anew may help.</summary>
    public static bool IsLost(Pkcs11Exception exception) => exception.RV is CKR.CKR_SESSION_HANDLE_INVALID
        or CKR.CKR_SESSION_CLOSED or CKR.CKR_DEVICE_ERROR or CKR.CKR_DEVICE_REMOVED or CKR.CKR_DEVICE_MEMORY
        or CKR.CKR_TOKEN_NOT_PRESENT or CKR.CKR_TOKEN_NOT_RECOGNIZED or CKR.CKR_CRYPTOKI_NOT_INITIALIZED
        or CKR.CKR_GENERAL_ERROR or CKR.CKR_FUNCTION_FAILED or CKR.CKR_USER_NOT_LOGGED_IN
        or CKR.CKR_KEY_HANDLE_INVALID or CKR.CKR_OBJECT_HANDLE_INVALID or CKR.CKR_SLOT_ID_INVALID
        or CKR.CKR_HOST_MEMORY or CKR.CKR_OPERATION_ACTIVE;

    /// <summary>Says what is wrong, and what mends it.</summary>
    /// <param name="exception">What the library answered.</param>
    /// <param name="token">The token's label.</param>
    /// <param name="what">What was to be done, such as "sign with the key x".</param>
    public static KeyUnavailableException Explain(Pkcs11Exception exception, string token, string what)
    {
        string mend = exception.RV switch
        {
            CKR.CKR_PIN_LOCKED => "Its user PIN is locked after too many wrong ones: unlock it with the vendor's tool.",
            CKR.CKR_PIN_EXPIRED => "Its user PIN has expired: set a new one, and write it to the PIN file.",
            CKR.CKR_USER_PIN_NOT_INITIALIZED => "It has no user PIN yet: set one with the vendor's tool.",
            CKR.CKR_SESSION_COUNT => "It has no session left: end other programs that hold some, or raise its limit.",
            CKR.CKR_MECHANISM_INVALID or CKR.CKR_CURVE_NOT_SUPPORTED or CKR.CKR_DOMAIN_PARAMS_INVALID =>
                "It does not know this kind of key: take P256, or a newer token.",
            CKR.CKR_KEY_FUNCTION_NOT_PERMITTED => "The key may not sign: make one with the usage \"sign\".",
            CKR.CKR_TOKEN_WRITE_PROTECTED or CKR.CKR_ATTRIBUTE_READ_ONLY or CKR.CKR_ACTION_PROHIBITED
                or CKR.CKR_SESSION_READ_ONLY =>
                "It takes no new keys from this user: make the key with the vendor's tool, under the same label.",
            _ => "Is it plugged in, powered and reachable? The gateway goes on by itself once it answers.",
        };
        return new KeyUnavailableException(
            $"The token \"{token}\" cannot {what}: it answered {exception.RV}. {mend}", exception);
    }
}
