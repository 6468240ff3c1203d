#include "CEmbedded.h"

static const uint8_t app_catalog[] = {
#embed "../../Datasets/catalog/apps.csv"
};
const uint8_t *const ce_app_catalog = app_catalog;
const size_t ce_app_catalog_bytes = sizeof app_catalog;
